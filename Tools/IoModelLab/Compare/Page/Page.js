'use strict';

// Whatever the data says becomes a text node: this page makes no markup of it.

const data = JSON.parse(document.getElementById('data').textContent);
const names = [...new Set(data.cells.map((cell) => cell.model))];
const counts = [...new Set(data.cells.map((cell) => cell.clients))].sort((a, b) => a - b);
const infos = new Map(data.models.map((model) => [model.name, model]));
const charts = [];

function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
}

function colorOf(variable) {
    return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

function colorName(model) {
    return `--c${names.indexOf(model) % 11}`;
}

function mark(model) {
    return make('span', {class: 'mark', style: `background: var(${colorName(model)})`});
}

function cellOf(model, clients) {
    return data.cells.find((cell) => cell.model === model && cell.clients === clients);
}

function short(value) {
    if (value === null || value === undefined) return '–';
    const size = Math.abs(value);
    if (size >= 1e6) return `${+(value / 1e6).toPrecision(3)}M`;
    if (size >= 1e4) return `${+(value / 1e3).toPrecision(3)}k`;
    return `${+value.toPrecision(3)}`;
}

function microseconds(value) {
    if (value === null || value === undefined) return '–';
    return value < 1000 ? `${+value.toPrecision(3)} µs` : `${+(value / 1000).toPrecision(3)} ms`;
}

function axis(format, size) {
    const line = {stroke: colorOf('--grid'), width: 1};
    return {stroke: colorOf('--dim'), font: '11px system-ui, sans-serif', grid: line, ticks: {...line, size: 4}, gap: 5, size,
        values: (chart, values) => values.map((value) => (value === null ? '' : format(value)))};
}

// A line for each model over the numbers of clients, each of which takes the same room. `valueOf` of a cell without a figure: undefined.
function chart(title, hint, valueOf, format, logarithmic) {
    const place = make('div', {});
    const values = names.map((model) => counts.map((clients) => {
        const cell = cellOf(model, clients);
        const value = cell === undefined || cell.stop !== undefined ? undefined : valueOf(cell);
        return value === undefined || (logarithmic && !(value > 0)) ? null : value;
    }));
    let drawn = null;
    let drawnWidth = 0;
    const draw = () => {
        drawnWidth = Math.max(240, Math.floor(place.clientWidth));
        if (drawn !== null) {
            drawn.destroy();
        }
        drawn = new uPlot({
            width: drawnWidth,
            height: 260,
            cursor: {points: {size: 7}, y: false},
            scales: {x: {time: false, range: [-0.2, counts.length - 0.8]},
                y: logarithmic ? {distr: 3} : {range: (u, min, max) => [0, max > 0 ? max * 1.08 : 1]}},
            axes: [{...axis((i) => (counts[i] === undefined ? '' : `${counts[i]}`), 30), splits: () => counts.map((_, i) => i)},
                axis(format, 62)],
            legend: {show: false},
            series: [{}, ...names.map((model) => ({label: model, stroke: colorOf(colorName(model)), width: 1.8,
                points: {show: true, size: 6, fill: colorOf(colorName(model))}}))],
        }, [counts.map((_, i) => i), ...values], place);
    };
    charts.push(draw);
    new ResizeObserver(() => {
        if (drawnWidth > 0 && Math.max(240, Math.floor(place.clientWidth)) !== drawnWidth) {
            draw();
        }
    }).observe(place);
    return make('section', {class: 'card'}, make('h3', {}, title), make('p', {class: 'dim small'}, hint), place);
}

function table(columns, rows) {
    const head = make('tr', {}, ...columns.map(([name, kind]) => make('th', {class: kind}, name)));
    return make('div', {class: 'scroll'}, make('table', {}, make('thead', {}, head), make('tbody', {}, ...rows)));
}

function figures() {
    const columns = [['model', ''], ['clients', 'number'], ['echoes/s', 'number'], ['p50', 'number'], ['p99', 'number'],
        ['CPU per echo', 'number'], ['switches per echo', 'number'], ['CPU idle', 'number'], ['memory per client', 'number'],
        ['threads', 'number'], ['CPU of the load', 'number']];
    const rows = data.cells.map((cell, i) => {
        const isFirst = i === 0 || data.cells[i - 1].model !== cell.model;
        const start = [make('td', {class: 'name'}, mark(cell.model), cell.model), make('td', {class: 'number'}, `${cell.clients}`)];
        const row = cell.stop !== undefined ? [make('td', {class: 'stop', colspan: '9'}, cell.stop)] : [
            short(cell.echoesPerSecond), microseconds(cell.p50Us), microseconds(cell.p99Us), microseconds(cell.cpuUsPerEcho),
            cell.switchesPerEcho > 0 ? `${+cell.switchesPerEcho.toPrecision(2)}` : '–', `${+cell.idleCpuPercent.toPrecision(2)} %`,
            cell.clients < 50 ? '–' : `${+cell.kibPerClient.toPrecision(3)} KiB`, `${cell.threads}`,
            `${Math.round(cell.loadCpuPercent)} %`].map((text) => make('td', {class: 'number'}, text));
        return make('tr', isFirst ? {class: 'first'} : {}, ...start, ...row);
    });
    return table(columns, rows);
}

function limits() {
    const rows = names.map((name) => {
        const stopped = data.cells.find((cell) => cell.model === name && cell.stop !== undefined);
        const here = stopped === undefined ? make('td', {}, `served all ${Math.max(...counts)}`)
            : make('td', {class: 'stop'}, `${stopped.clients} clients: ${stopped.stop}`);
        const info = infos.get(name);
        return make('tr', {}, make('td', {class: 'name'}, mark(name), name), make('td', {}, info ? info.summary : ''),
            make('td', {}, info ? info.limit : ''), here);
    });
    return table([['model', ''], ['what defines it', ''], ['known limit', ''], ['here', '']], rows);
}

document.getElementById('page').append(
    make('p', {class: 'over'}, 'IoModelLab'),
    make('h1', {}, 'The models of socket I/O, under the same load'),
    make('p', {class: 'dim'}, `${data.machine}. Echoes of ${data.frameBytes} bytes; every client asks again when its answer has come; `
        + `${data.seconds} s for each figure. Server and load share the processors.`),
    make('div', {class: 'key'}, ...names.map((name) => make('span', {}, mark(name), name))),
    make('div', {class: 'grid'},
        chart('Echoes per second', 'by the number of clients', (cell) => cell.echoesPerSecond, short, false),
        chart('Latency of the slowest percent', 'p99, logarithmic; with many clients it is the queue of all others', (cell) => cell.p99Us,
            microseconds, true),
        chart('Processor per echo', 'of the server, logarithmic; what the kernel or the Wine server does elsewhere is not in it',
            (cell) => cell.cpuUsPerEcho, microseconds, true),
        chart('Processor while idle', 'percent of one processor; all are connected, none says anything', (cell) => cell.idleCpuPercent,
            (value) => `${+value.toPrecision(3)} %`, false),
        chart('Memory per client', 'resident in the server, logarithmic; 50 clients and more',
            (cell) => (cell.clients < 50 ? undefined : cell.kibPerClient),
            (value) => `${+value.toPrecision(3)} KiB`, true),
        chart('Threads', 'of the server, logarithmic', (cell) => cell.threads, short, true)),
    make('h2', {}, 'Where each model stops'),
    make('section', {class: 'card'}, limits()),
    make('h2', {}, 'All figures'),
    make('section', {class: 'card'}, figures()),
);
const drawAll = () => charts.forEach((draw) => draw());
drawAll();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
