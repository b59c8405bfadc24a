// Draws [data-forecast] from the JSON block it names: counts so far, the model with its intervals, last year's month.
(() => {
  const place = document.querySelector('[data-forecast]');
  if (!place || !window.echarts) return;
  const d = JSON.parse(document.getElementById(place.dataset.forecast).textContent);
  const style = getComputedStyle(document.documentElement);
  const token = (name, other) => style.getPropertyValue(name).trim() || other;
  const ink = token('--ink-2', '#45525f');
  const line = token('--line', '#e4e2db');
  const blue = token('--qing', '#1a5a7e');
  const amber = token('--soon', '#a5720f');
  const n = d.history.length;
  const later = (values) => [...Array(n - 1).fill(null), d.history[n - 1], ...values];
  const behind = (values) => [...Array(n).fill(null), ...values];
  const whole = (v) => (v === null || v === undefined ? '—' : Math.round(v).toLocaleString('zh-CN'));
  const used = d.better;
  const band = (level, opacity) => {
    const low = d[`${used}_low${level}`];
    const high = d[`${used}_high${level}`];
    const base = { type: 'line', stack: `b${level}`, symbol: 'none', lineStyle: { opacity: 0 }, silent: true };
    return [
      { ...base, name: `low${level}`, data: later(low) },
      {
        ...base, name: d.words[`b${level}`], itemStyle: { color: blue, opacity: opacity + 0.15 },
        data: [...Array(n - 1).fill(null), 0, ...high.map((v, k) => v - low[k])],
        areaStyle: { color: blue, opacity },
      },
    ];
  };
  const tip = (rows) => {
    const k = rows[0].dataIndex;
    const said = [d.names[k]];
    if (k < n) return `${d.names[k]}\n${d.words.history} ${whole(d.history[k])} ${d.words.unit}`;
    const step = k - n;
    said.push(`${d.words.model} ${whole(d.model[step])}`, `${d.words.naive} ${whole(d.naive[step])}`);
    said.push(...['80', '95'].map((l) => `${d.words[`b${l}`]} ${whole(d[`${used}_low${l}`][step])} – ${whole(d[`${used}_high${l}`][step])}`));
    return said.join('\n');
  };
  const chart = window.echarts.init(place, null, { renderer: 'svg' });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink, fontSize: 12 },
    legend: {
      top: 0, left: 0, itemGap: 14, textStyle: { color: ink },
      data: [d.words.history, d.words.model, d.words.naive, d.words.b80, d.words.b95],
    },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, formatter: tip },
    grid: { left: 8, right: 16, top: place.clientWidth < 500 ? 64 : 44, bottom: 8, containLabel: true },
    xAxis: { type: 'category', data: d.names, boundaryGap: false, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink, hideOverlap: true } },
    yAxis: { type: 'value', splitNumber: 4, splitLine: { lineStyle: { color: line } }, axisLabel: { color: ink } },
    series: [
      ...band('95', 0.1), ...band('80', 0.16),
      { name: d.words.history, type: 'line', data: d.history, symbol: 'none', lineStyle: { width: 2.5, color: ink }, itemStyle: { color: ink } },
      { name: d.words.model, type: 'line', data: behind(d.model), symbol: 'circle', symbolSize: 6, lineStyle: { width: 2.5, color: blue }, itemStyle: { color: blue } },
      { name: d.words.naive, type: 'line', data: behind(d.naive), symbol: 'diamond', symbolSize: 7, lineStyle: { width: 1.75, type: 'dashed', color: amber }, itemStyle: { color: amber } },
    ],
  });
  const fit = () => chart.resize();
  window.addEventListener('resize', fit);
  window.addEventListener('beforeprint', fit);
})();
