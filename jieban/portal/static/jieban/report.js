// Draws every [data-report-chart] of a report from the JSON block #report-charts. No inline script, no inline style.
(() => {
  const block = document.getElementById('report-charts');
  if (!block || !window.echarts) return;
  const charts = JSON.parse(block.textContent);
  const style = getComputedStyle(document.documentElement);
  const token = (name, other) => style.getPropertyValue(name).trim() || other;
  const ink = token('--ink-2', '#45525f');
  const line = token('--line', '#e4e2db');
  const colours = [token('--qing', '#1a5a7e'), token('--soon', '#a5720f'), token('--lv', '#1c7350'), token('--dai', '#505b78'),
    token('--qing-m', '#6fa3bf'), token('--dan', '#a8430d'), token('--done', '#7f8992')];
  const dashes = ['solid', 'dashed', [8, 3, 2, 3], 'dotted'];
  const font = getComputedStyle(document.body).fontFamily;
  const places = (value) => (value === null || value === undefined ? '—' : Number(value).toLocaleString('zh-CN', { maximumFractionDigits: 2 }));

  const base = (chart) => ({
    animation: false, color: colours, textStyle: { fontFamily: font, color: ink, fontSize: 12 },
    legend: { show: chart.series.length > 1, top: 0, left: 0, itemGap: 14, textStyle: { color: ink } },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, valueFormatter: (v) => `${places(v)} ${chart.unit}` },
  });
  const names = (chart) => ({
    type: 'category', data: chart.names, inverse: chart.lies, axisTick: { show: false }, axisLine: { lineStyle: { color: line } },
    axisLabel: chart.lies ? { color: ink, interval: 0, width: 124, overflow: 'truncate' } : { color: ink, hideOverlap: true },
  });
  const values = (chart) => ({
    type: 'value', name: chart.unit, nameLocation: 'end', nameTextStyle: { color: ink }, splitLine: { lineStyle: { color: line } },
    splitNumber: 4, axisLabel: { color: ink, hideOverlap: true },
  });
  const grid = (chart) => ({
    left: 8, right: chart.lies ? 40 : 16, top: (chart.series.length > 1 ? 30 : 0) + (chart.lies ? 8 : 32), bottom: 8, containLabel: true,
  });
  const along = (chart, series) => ({
    ...base(chart), grid: grid(chart), series,
    xAxis: chart.lies ? values(chart) : names(chart), yAxis: chart.lies ? names(chart) : values(chart),
  });
  const bars = (chart, stack) => along(chart, chart.series.map((one) => ({
    name: one.title, type: 'bar', data: one.values, stack: stack ? 'all' : undefined, barMaxWidth: chart.lies ? 16 : 44,
  })));
  const shapes = {
    bar: (chart) => bars(chart, false),
    bars: (chart) => bars(chart, false),
    stack: (chart) => bars(chart, true),
    line: (chart) => along(chart, chart.series.map((one, n) => ({
      name: one.title, type: 'line', data: one.values, showSymbol: one.values.length < 3,
      lineStyle: { width: 2, type: dashes[n % dashes.length] },
    }))),
    pie: (chart) => ({
      ...base(chart), tooltip: { trigger: 'item', renderMode: 'richText', confine: true },
      legend: { bottom: 0, left: 'center', textStyle: { color: ink } },
      series: [{
        type: 'pie', radius: ['38%', '66%'], center: ['50%', '42%'], label: { formatter: '{d}%', color: ink },
        data: chart.names.map((name, n) => ({ name, value: chart.series[0].values[n] })),
      }],
    }),
  };

  const drawn = [...document.querySelectorAll('[data-report-chart]')].map((place) => {
    const chart = charts[Number(place.dataset.reportChart)];
    const made = window.echarts.init(place, null, { renderer: 'svg' });
    made.setOption(shapes[chart.shape](chart));
    return made;
  });
  const fit = () => drawn.forEach((made) => made.resize());
  window.addEventListener('resize', fit);
  window.addEventListener('beforeprint', fit);
})();
