// Latency over time, coloured by how many there were: two humps or a pause are seen here and in no percentile.

const kRowsPerDoubling = 4;

// The shortest latency of a bucket in microseconds, as LatencyBuckets.cpp counts them.
function lowestOfBucket(bucket) {
    return bucket < 16 ? bucket : (bucket % 16 + 16) * 2 ** (Math.floor(bucket / 16) - 1);
}

function rowOf(microseconds) {
    return Math.floor(Math.log2(Math.max(1, microseconds)) * kRowsPerDoubling + 1e-9);
}

function lowestOfRow(row) {
    return 2 ** (row / kRowsPerDoubling);
}

// One column for each sample: {from, to, total, rows: Map of row -> count}.
function heatColumns(samples, kind) {
    return samples.map((sample) => {
        const rows = new Map();
        let total = 0;
        for (const [bucket, count] of (sample.latency[kind] || {buckets: []}).buckets) {
            const row = rowOf(lowestOfBucket(bucket));
            rows.set(row, (rows.get(row) || 0) + count);
            total += count;
        }
        return {from: sample.t - sample.width, to: sample.t, total, rows};
    });
}

// The rows that all of these use, with one to spare on both sides.
function heatRange(allColumns) {
    let low = Infinity;
    let high = -Infinity;
    for (const column of allColumns.flat()) {
        for (const row of column.rows.keys()) {
            low = Math.min(low, row);
            high = Math.max(high, row);
        }
    }
    return low > high ? null : {low: low - 1, high: high + 2};
}

function rampColors() {
    const stops = [0, 1, 2, 3, 4].map((i) => colorOf(`heat-${i}`)).map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
    return Array.from({length: 64}, (_, i) => {
        const position = i / 63 * (stops.length - 1);
        const at = Math.min(stops.length - 2, Math.floor(position));
        const mixed = stops[at].map((value, c) => Math.round(value + (stops[at + 1][c] - value) * (position - at)));
        return `rgb(${mixed.join(',')})`;
    });
}

function drawHeat(canvas, width, height, columns, range) {
    const ratio = devicePixelRatio || 1;
    const area = {left: 62, top: 8, width: width - 72, height: height - 34};
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    const begin = columns[0].from;
    const end = columns[columns.length - 1].to;
    const x = (time) => area.left + (time - begin) / Math.max(1e-9, end - begin) * area.width;
    const y = (row) => area.top + (range.high - row) / (range.high - range.low) * area.height;
    const colors = rampColors();
    const most = columns.reduce((max, c) => Math.max(max, ...c.rows.values()), 1);
    for (const column of columns) {
        for (const [row, count] of column.rows) {
            context.fillStyle = colors[Math.min(63, Math.floor(Math.log1p(count) / Math.log1p(most) * 63.99))];
            const left = x(column.from);
            context.fillRect(left, y(row + 1), Math.max(1, x(column.to) - left + 0.4), y(row) - y(row + 1) + 0.4);
        }
    }
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    for (let decade = 1; decade <= 1e10; decade *= 10) {
        const at = y(Math.log2(decade) * kRowsPerDoubling);
        if (at >= area.top && at <= area.top + area.height) {
            context.fillStyle = colorOf('grid');
            context.fillRect(area.left, at, area.width, 1);
            context.fillStyle = colorOf('dim');
            context.fillText(show.us(decade), area.left - 8, at);
        }
    }
    context.textAlign = 'center';
    context.fillStyle = colorOf('dim');
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400];
    const step = steps.find((candidate) => (end - begin) / candidate <= width / 70) || (end - begin) / 4;
    for (let mark = Math.ceil(begin / step); mark * step <= end; ++mark) {
        const time = mark * step;
        context.fillText(show.seconds(time), Math.min(x(time), width - 18), area.top + area.height + 14);
    }
    return {area, begin, end};
}

// `range`: of heatRange, so that two maps can be compared.
function heatMap(title, hint, samples, kind, range) {
    const columns = heatColumns(samples, kind);
    if (range === null || columns.length === 0) {
        return card(title, hint, make('p', {class: 'nothing'}, 'Nothing was measured.'));
    }
    const canvas = make('canvas', {'data-chart': 'heat'});
    const tip = make('div', {class: 'tip'});
    const place = make('div', {class: 'heat'}, canvas, tip);
    let drawn = null;
    addDrawing(place, (width) => {
        drawn = drawHeat(canvas, width, 260, columns, range);
    });
    canvas.addEventListener('mousemove', (event) => {
        const {area, begin, end} = drawn;
        const time = begin + (event.offsetX - area.left) / area.width * (end - begin);
        const row = Math.floor(range.high - (event.offsetY - area.top) / area.height * (range.high - range.low));
        const column = columns.find((c) => time > c.from && time <= c.to);
        const count = column ? column.rows.get(row) || 0 : 0;
        tip.style.display = column ? 'block' : 'none';
        if (column) {
            tip.textContent = `${show.seconds(column.to)} · ${show.us(lowestOfRow(row))} to ${show.us(lowestOfRow(row + 1))} · ` +
                `${show.number(count)} of ${show.number(column.total)}`;
            tip.style.left = `${Math.min(event.offsetX + 14, area.left + area.width - tip.offsetWidth)}px`;
            tip.style.top = `${event.offsetY + 14}px`;
        }
    });
    canvas.addEventListener('mouseleave', () => {
        tip.style.display = 'none';
    });
    const legend = make('span', {class: 'dim small'}, 'few', make('span', {class: 'ramp'}), 'many');
    const heading = make('div', {class: 'row'}, make('h3', {}, title), legend);
    return make('section', {class: 'card wide'}, heading, hint ? make('p', {class: 'dim small'}, hint) : null, place);
}
