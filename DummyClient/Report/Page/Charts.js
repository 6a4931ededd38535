// Charts over time and over percentiles (uPlot). Each is drawn again when the theme or the width changes.

const drawings = [];

function colorOf(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function drawAll() {
    for (const drawing of drawings) {
        drawing();
    }
}

// Calls draw(width) now and whenever that is needed; `parent` must be on the page by the time drawAll is called.
function addDrawing(parent, draw) {
    let drawnWidth = 0;
    drawings.push(() => {
        drawnWidth = Math.max(200, Math.floor(parent.clientWidth));
        draw(drawnWidth);
    });
    new ResizeObserver(() => {
        const width = Math.max(200, Math.floor(parent.clientWidth));
        if (drawnWidth > 0 && width !== drawnWidth) {
            drawnWidth = width;
            draw(width);
        }
    }).observe(parent);
}

function axis(format, size) {
    const line = {stroke: colorOf('grid'), width: 1};
    return {stroke: colorOf('dim'), font: '11px system-ui, sans-serif', grid: line, ticks: {...line, size: 4}, gap: 5, size,
        values: (chart, values) => values.map((value) => (value === null ? '' : format(value)))};
}

function seriesOptions(series, format) {
    const color = colorOf(series.color);
    return {label: series.name, stroke: color, width: series.width || 1.6, dash: series.dash, points: {show: false},
        fill: series.bars ? `${color}aa` : series.fill ? `${color}22` : undefined, value: (chart, value) => format(value),
        paths: series.bars ? uPlot.paths.bars({size: [0.8, 24]}) : undefined};
}

// Marks in the line's own colour, filled.
const kLegend = {markers: {width: 0, fill: (chart, i) => chart.series[i].stroke(chart, i)}};

function plot(parent, options, data) {
    let chart = null;
    addDrawing(parent, (width) => {
        if (chart !== null) {
            chart.destroy();
        }
        chart = new uPlot({...options(), width}, data, parent);
    });
}

// Shades what is not measured and names the stages.
function stageHooks(stages) {
    const below = (plot) => {
        const {ctx, bbox} = plot;
        ctx.save();
        ctx.beginPath();
        ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
        ctx.clip();
        for (const stage of stages) {
            const from = Math.max(bbox.left, plot.valToPos(stage.from, 'x', true));
            const to = plot.valToPos(stage.to, 'x', true);
            if (!stage.measured) {
                ctx.fillStyle = colorOf('warmup');
                ctx.fillRect(from, bbox.top, to - from, bbox.height);
            }
            ctx.fillStyle = colorOf('line');
            ctx.fillRect(Math.round(from), bbox.top, devicePixelRatio, bbox.height);
            const font = 10 * devicePixelRatio;
            ctx.font = `${font}px system-ui, sans-serif`;
            ctx.fillStyle = colorOf('dim');
            const most = Math.floor((to - from - font) / (font * 0.55));
            const name = stage.name.length > most ? `${stage.name.slice(0, Math.max(0, most - 1))}…` : stage.name;
            if (most > 3) {
                ctx.fillText(name, from + font * 0.5, bbox.top + font * 1.2);
            }
        }
        ctx.restore();
    };
    return {drawClear: [below]};
}

function fromZero(chart, min, max) {
    return [Math.min(0, min ?? 0), max > 0 ? max * 1.08 : 1];
}

// `series`: {name, values, color, width, dash, fill, bars}. `logarithmic`: what is 0 or less is not drawn.
function timeChart(title, hint, {times, stages, series, format, axisFormat, logarithmic, height}) {
    const place = make('div', {});
    const clean = series.map((s) => s.values.map((value) => (value === undefined || (logarithmic && !(value > 0)) ? null : value)));
    plot(place, () => ({
        height: height || 220,
        cursor: {sync: {key: 'time'}, points: {size: 6}, y: false},
        scales: {x: {time: false}, y: logarithmic ? {distr: 3} : {range: fromZero}},
        axes: [axis(show.seconds, 30), axis(axisFormat || format, 62)],
        series: [{label: 'time', value: (u, value) => show.seconds(value)}, ...series.map((s) => seriesOptions(s, format))],
        hooks: stageHooks(stages || []),
        legend: kLegend,
    }), [times, ...clean]);
    return card(title, hint, place);
}

// How the tail grows: each 9 of the percentile takes the same room. `series`: {name, curve, color, dash}; a curve is [[share, ms], ...].
function percentileChart(title, hint, series) {
    const place = make('div', {});
    const longest = series.reduce((most, s) => (s.curve.length > most.length ? s.curve : most), []);
    const nines = (share) => -Math.log10(1 - share);
    const xs = longest.map(([share]) => nines(share));
    const values = series.map((s) => longest.map((point, i) => (i < s.curve.length && s.curve[i][1] > 0 ? s.curve[i][1] : null)));
    const label = (x) => {
        const left = 10 ** -x * 100;
        return `${+(100 - left).toFixed(Math.max(0, Math.ceil(x - 1.999)))}%`;
    };
    const ticks = [0, nines(0.5), nines(0.75), 1, 2, 3, 4, 5, 6, 7, 8, 9];
    plot(place, () => ({
        height: 220,
        cursor: {points: {size: 6}, y: false},
        scales: {x: {time: false}, y: {distr: 3}},
        axes: [
            {...axis(label, 30), filter: (u, splits) => splits,
                splits: (u, i, min, max) => ticks.filter((tick) => tick >= min && tick <= max)},
            axis(show.ms, 62),
        ],
        legend: kLegend,
        series: [{label: 'percentile', value: (u, x) => (x === null ? '–' : label(x))}, ...series.map((s) => seriesOptions(s, show.ms))],
    }), [xs, ...values]);
    return card(title, hint, place);
}
