'use strict';

// Elements and figures as text. Whatever a report says becomes a text node: this page makes no markup of data.

function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
        element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
}

function card(title, hint, ...children) {
    return make('section', {class: 'card'}, make('h3', {}, title), hint ? make('p', {class: 'dim small'}, hint) : null, ...children);
}

// `columns`: {name, number}; a cell is text, a node, or {text, class}.
function table(columns, rows) {
    const cell = (value, column) => {
        const special = value !== null && typeof value === 'object' && !(value instanceof Node);
        const classes = [columns[column].number ? 'number' : '', special ? value.class || '' : ''].join(' ').trim();
        return make('td', classes ? {class: classes} : {}, special ? value.text : value);
    };
    const head = columns.some((column) => column.name)
        ? make('thead', {}, make('tr', {}, ...columns.map((c) => make('th', c.number ? {class: 'number'} : {}, c.name || ''))))
        : null;
    const body = rows.map((row) => (row instanceof Node ? row : make('tr', {}, ...row.map(cell))));
    return make('div', {class: 'scroll'}, make('table', {}, head, make('tbody', {}, ...body)));
}

function mark(color) {
    return make('span', {class: 'mark', style: `background: var(--${color})`});
}

const show = {
    number(value) {
        if (value === null || value === undefined) return '–';
        const size = Math.abs(value);
        return value.toLocaleString('en-US', {maximumFractionDigits: size >= 100 || Number.isInteger(value) ? 0 : size >= 1 ? 1 : 3});
    },
    short(value) {
        if (value === null || value === undefined) return '–';
        const size = Math.abs(value);
        if (size >= 1e9) return `${+(value / 1e9).toPrecision(3)}G`;
        if (size >= 1e6) return `${+(value / 1e6).toPrecision(3)}M`;
        if (size >= 1e4) return `${+(value / 1e3).toPrecision(3)}k`;
        return show.number(+value.toPrecision(size >= 1000 ? 4 : 3));
    },
    bytes(value) {
        if (value === null || value === undefined) return '–';
        const units = ['B', 'KB', 'MB', 'GB', 'TB'];
        let unit = 0;
        while (Math.abs(value) >= 1000 && unit + 1 < units.length) {
            value /= 1000;
            ++unit;
        }
        return `${+value.toPrecision(3)} ${units[unit]}`;
    },
    memory(value) {
        return value > 0 ? `${(value / 1073741824).toFixed(1)} GiB` : '–';
    },
    ms(value) {
        if (value === null || value === undefined) return '–';
        if (value < 1) return `${+(value * 1000).toPrecision(3)} µs`;
        return value < 1000 ? `${+value.toPrecision(3)} ms` : `${+(value / 1000).toPrecision(3)} s`;
    },
    us(value) {
        return show.ms(value === null || value === undefined ? null : value / 1000);
    },
    percent(value) {
        if (value === null || value === undefined) return '–';
        return `${+value.toPrecision(3)}%`;
    },
    signedPercent(value) {
        return value === null ? '–' : `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)}%`;
    },
    seconds(value) {
        if (value === null || value === undefined) return '–';
        const whole = Math.round(value);
        const two = (n) => String(n).padStart(2, '0');
        const hours = Math.floor(whole / 3600);
        const minutes = Math.floor(whole / 60);
        return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
    },
    date(milliseconds) {
        const date = new Date(milliseconds);
        const text = Number.isNaN(date.getTime()) || milliseconds === 0 ? '' : date.toISOString();
        return text ? `${text.slice(0, 10)} ${text.slice(11, 19)} UTC` : 'at an unknown time';
    },
};

function sumOf(counts) {
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
