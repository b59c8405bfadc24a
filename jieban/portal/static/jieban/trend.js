// Draws every [data-trend] from the JSON block #trend-data: frozen cycles solid, open ones dashed, intervals as a band.
(() => {
  const block = document.getElementById('trend-data');
  if (!block || !window.echarts) return;
  const all = JSON.parse(block.textContent);
  const style = getComputedStyle(document.documentElement);
  const token = (name, other) => style.getPropertyValue(name).trim() || other;
  const ink = token('--ink-2', '#45525f');
  const line = token('--line', '#e4e2db');
  const colours = {
    main: token('--qing', '#1a5a7e'), mean: token('--ink-3', '#626d78'), response: token('--soon', '#a5720f'),
    resolution: token('--lv', '#1c7350'), satisfaction: token('--qing', '#1a5a7e'),
  };
  const others = [token('--qing', '#1a5a7e'), token('--lv', '#1c7350'), token('--soon', '#a5720f'), token('--dai', '#505b78'),
    token('--dan', '#a8430d'), token('--done', '#7f8992')];
  const said = (v, unit) => (v === null || v === undefined ? '—' : `${v}${unit === '%' ? '%' : ` ${unit}`}`);

  const halves = (chart, one, n) => {
    const last = chart.frozen.lastIndexOf(true);
    const colour = one.kind === 'other' ? others[n % others.length] : colours[one.kind];
    const quiet = one.kind === 'mean';
    const base = {
      type: 'line', name: one.name, itemStyle: { color: colour }, symbol: quiet ? 'none' : 'circle', symbolSize: 7,
      connectNulls: false, z: quiet ? 2 : 3,
    };
    const solid = one.values.map((v, k) => (k <= last ? v : null));
    // The line to what is open begins at the last frozen point, which has its mark already.
    const open = one.values.map((v, k) => (k === last ? { value: v, symbol: 'none' } : k > last ? v : null));
    return [
      { ...base, data: solid, lineStyle: { width: quiet ? 1.5 : 2.25, color: colour, type: quiet ? 'dotted' : 'solid' } },
      { ...base, data: open, lineStyle: { width: 1.75, color: colour, type: 'dashed' }, itemStyle: { color: token('--surface', '#fff'), borderColor: colour, borderWidth: 2 } },
    ];
  };
  const band = (chart) => {
    if (!chart.band) return [];
    const base = { type: 'line', stack: 'band', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, z: 1 };
    const { low, high, name } = chart.band;
    return [
      { ...base, name: `${name} low`, data: low },
      { ...base, name, data: high.map((v, k) => (v === null ? null : v - low[k])), itemStyle: { color: colours.main, opacity: 0.3 }, areaStyle: { color: colours.main, opacity: 0.14 } },
    ];
  };
  const tip = (chart) => (rows) => {
    const k = rows[0].dataIndex;
    const head = chart.frozen[k] ? chart.names[k] : `${chart.names[k]}  ${chart.words.open}`;
    const lines = chart.lines.map((one) => `${one.name} ${said(one.values[k], chart.unit)}`);
    const low = chart.band && chart.band.low[k];
    const range = low === null || low === undefined ? [] : [`${chart.band.name} ${low} – ${chart.band.high[k]}`];
    return [head, ...lines, ...range].join('\n');
  };
  const drawn = [...document.querySelectorAll('[data-trend]')].map((place) => {
    const chart = all[place.dataset.trend];
    const made = window.echarts.init(place, null, { renderer: 'svg' });
    const many = chart.lines.length > 1 || chart.band;
    made.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink, fontSize: 12 },
      legend: { show: Boolean(many), type: 'scroll', top: 0, left: 0, itemGap: 14, textStyle: { color: ink }, data: [...chart.lines.map((one) => one.name), ...(chart.band ? [chart.band.name] : [])] },
      tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, formatter: tip(chart) },
      grid: { left: 8, right: 16, top: many ? 34 : 12, bottom: 8, containLabel: true },
      xAxis: { type: 'category', data: chart.names, axisTick: { show: false }, axisLine: { onZero: false, lineStyle: { color: line } }, axisLabel: { color: ink, hideOverlap: true }, position: 'bottom' },
      yAxis: { type: 'value', scale: true, inverse: Boolean(chart.inverse), min: chart.inverse ? 1 : undefined, minInterval: chart.inverse ? 1 : undefined, splitNumber: 4, splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink } },
      series: [...band(chart), ...chart.lines.flatMap((one, n) => halves(chart, one, n))],
    });
    return made;
  });
  const fit = () => drawn.forEach((made) => made.resize());
  window.addEventListener('resize', fit);
  window.addEventListener('beforeprint', fit);
})();
