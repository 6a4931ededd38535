// The page of one run.

function verdictOf(run) {
    const failed = run.thresholds.filter((threshold) => !threshold.passed).length;
    const checks = run.checks.filter((check) => check.failed > 0).length;
    if (run.generator.saturated) {
        return {class: 'warn', word: 'INVALID',
            why: `Generator saturated: ${run.generator.reason}. The figures say nothing about the server.`};
    }
    if (checks > 0 || run.totals.lost > 0) {
        const lost = show.number(run.totals.lost);
        return {class: 'bad', word: 'FAILED', why: `${checks} of ${run.checks.length} checks failed, ${lost} deliveries lost.`};
    }
    if (failed > 0) {
        return {class: 'bad', word: 'FAILED', why: `${failed} of ${run.thresholds.length} thresholds not met.`};
    }
    if (run.exit_code !== 0) {
        return {class: 'bad', word: 'FAILED', why: `Exit code ${run.exit_code}.`};
    }
    return {class: 'good', word: 'PASSED',
        why: `${run.thresholds.length} thresholds met, ${run.checks.length} checks passed, nothing lost.`};
}

function pageHeader(over, title, under) {
    const theme = make('button', {class: 'theme', type: 'button'}, 'Dark / light');
    theme.addEventListener('click', () => {
        const root = document.documentElement;
        root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
        drawAll();
    });
    const words = make('div', {}, make('p', {class: 'over'}, over), make('h1', {}, title), make('p', {class: 'under'}, under));
    return make('header', {}, words, theme);
}

function verdictBox({class: kind, word, why}) {
    return make('section', {class: `verdict ${kind}`}, make('strong', {}, word), make('span', {}, why));
}

function tile(name, value, more) {
    return make('div', {class: 'card tile'}, make('div', {class: 'name'}, name), make('div', {class: 'value'}, value),
        make('div', {class: 'more'}, more || '\u00a0'));
}

function perSecond(run, total) {
    return run.totals.seconds > 0 ? run.totals[total] / run.totals.seconds : null;
}

function tiles(run) {
    const {totals, all} = run;
    const measured = all.response.count > 0;
    const latency = (field) => (measured ? show.us(all.response[field]) : '–');
    return make('div', {class: 'tiles'},
        tile('connections at most', show.number(totals.peak_connected),
            `${show.number(totals.connects_failed)} of ${show.number(totals.connects)} failed`),
        tile('sent per second', show.short(perSecond(run, 'sent')), `${show.number(totals.sent)} in all`),
        tile('received per second', show.short(perSecond(run, 'received')), `${show.number(totals.received)} in all`),
        tile('latency p50', latency('p50_us'), 'all kinds together'),
        tile('latency p99', latency('p99_us'), `p99.9 ${latency('p999_us')}`),
        tile('longest', latency('max_us'), `of ${show.number(all.response.count)}`),
        tile('errors', show.number(sumOf(totals.errors)), `${show.number(totals.lost)} lost`));
}

function thresholdTable(run) {
    if (run.thresholds.length === 0) {
        return make('p', {class: 'nothing'}, 'None were given (--threshold).');
    }
    return table([{}, {name: 'demand'}, {name: 'found', number: true}], run.thresholds.map((threshold) => [
        {text: threshold.passed ? '✓' : '✗', class: threshold.passed ? 'good' : 'bad'}, threshold.text, threshold.found]));
}

function checkTable(run) {
    if (run.checks.length === 0) {
        return make('p', {class: 'nothing'}, 'The scenario checks nothing.');
    }
    return table([{}, {name: 'check'}, {name: 'passed', number: true}, {name: 'failed', number: true}], run.checks.map((check) => [
        {text: check.failed === 0 ? '✓' : '✗', class: check.failed === 0 ? 'good' : 'bad'}, check.name, show.number(check.passed),
        {text: show.number(check.failed), class: check.failed === 0 ? '' : 'bad'}]));
}

const kPercentileColors = [['p50_us', 'p50', 'teal'], ['p90_us', 'p90', 'blue'], ['p99_us', 'p99', 'violet'],
    ['p999_us', 'p99.9', 'orange'], ['max_us', 'max', 'red']];

function kindFigure(sample, kind, time, field) {
    const figures = (sample.latency[kind] || {})[time];
    return figures && figures.count > 0 ? figures[field] / 1000 : null;
}

function latencyTable(run) {
    const fields = ['p50_us', 'p90_us', 'p99_us', 'p999_us', 'p9999_us', 'max_us'];
    const numbers = ['count', 'mean', 'p50', 'p90', 'p99', 'p99.9', 'p99.99', 'max'].map((name) => ({name, number: true}));
    const columns = [{name: 'kind'}, {name: 'time'}, ...numbers];
    const rows = run.latency.flatMap((kind) => ['response', 'service'].filter((time) => kind[time].count > 0).map((time) => [
        kind.name, {text: time, class: 'whole'}, show.number(kind[time].count), show.us(kind[time].mean_us),
        ...fields.map((field) => show.us(kind[time][field]))]));
    return rows.length > 0 ? table(columns, rows) : make('p', {class: 'nothing'}, 'No latency was measured.');
}

function totalsTable(run) {
    const {totals} = run;
    const row = (name, total, rate) => [name, show.number(totals[total]), rate ? rate(perSecond(run, total)) : ''];
    const perS = (value) => (value === null ? '–' : `${show.short(value)}/s`);
    const bytes = (value) => (value === null ? '–' : `${show.bytes(value)}/s`);
    return table([{}, {name: 'in all', number: true}, {name: 'per second', number: true}], [
        ['measured', show.seconds(totals.seconds), ''],
        row('connections tried', 'connects'), row('of them failed', 'connects_failed'),
        row('messages sent', 'sent', perS), row('sent late', 'late_sends'),
        row('deliveries expected', 'expected', perS), row('received', 'received', perS), row('lost', 'lost'),
        row('packets out', 'packets_out', perS), row('packets in', 'packets_in', perS),
        ['bytes out', show.bytes(totals.bytes_out), bytes(perSecond(run, 'bytes_out'))],
        ['bytes in', show.bytes(totals.bytes_in), bytes(perSecond(run, 'bytes_in'))],
        ['processor time of the load tester', `${show.number(totals.cpu_seconds)} s`,
            totals.seconds > 0 ? show.percent(totals.cpu_seconds / totals.seconds * 100) : ''],
    ]);
}

function countTable(name, counts, nothing) {
    const rows = Object.entries(counts).sort((a, b) => b[1] - a[1]).map(([reason, count]) => [reason, show.number(count)]);
    return rows.length > 0 ? table([{name}, {name: 'count', number: true}], rows) : make('p', {class: 'nothing'}, nothing);
}

const kManyColors = ['red', 'orange', 'violet', 'blue', 'teal', 'yellow', 'green', 'grey'];

// The most frequent reasons each have a line, the others share one.
function errorSeries(run) {
    const sums = new Map();
    for (const sample of run.samples) {
        for (const [reason, count] of Object.entries(sample.errors)) {
            sums.set(reason, (sums.get(reason) || 0) + count);
        }
    }
    const sorted = [...sums.keys()].sort((a, b) => sums.get(b) - sums.get(a));
    const own = new Map(sorted.slice(0, sorted.length > 8 ? 7 : 8).map((reason, i) => [reason, i]));
    const rate = (sample, count) => count / Math.max(1e-9, sample.width);
    const series = [...own].map(([reason, i]) => ({name: reason, color: kManyColors[i], bars: true,
        values: run.samples.map((sample) => rate(sample, sample.errors[reason] || 0))}));
    if (sorted.length > 8) {
        series.push({name: 'others', color: 'grey', bars: true,
            values: run.samples.map((sample) => rate(sample, sumOf(Object.fromEntries(
                Object.entries(sample.errors).filter(([reason]) => !own.has(reason))))))});
    }
    return series;
}

function trafficCharts(run, times) {
    const rate = (field) => run.samples.map((sample) => sample[field] / Math.max(1e-9, sample.width));
    const level = (field) => run.samples.map((sample) => sample[field]);
    const common = {times, stages: run.stages};
    return [
        timeChart('Connections', null, {...common, format: show.number, axisFormat: show.short, series: [
            {name: 'connected', color: 'green', values: level('connected'), fill: true},
            {name: 'connecting', color: 'blue', values: level('connecting')},
            {name: 'failed/s', color: 'red', values: rate('failed')}]}),
        timeChart('Messages per second', null, {...common, format: show.number, axisFormat: show.short, series: [
            {name: 'received', color: 'blue', values: rate('received'), fill: true},
            {name: 'sent', color: 'orange', values: rate('sent')},
            {name: 'sent late', color: 'red', values: rate('late_sends')}]}),
        timeChart('Packets per second', null, {...common, format: show.number, axisFormat: show.short, series: [
            {name: 'in', color: 'blue', values: rate('packets_in')},
            {name: 'out', color: 'orange', values: rate('packets_out')}]}),
        timeChart('Bytes per second', null, {...common, format: show.bytes, series: [
            {name: 'in', color: 'blue', values: rate('bytes_in'), fill: true},
            {name: 'out', color: 'orange', values: rate('bytes_out'), fill: true}]}),
    ];
}

function latencySection(run, kind, times) {
    const range = heatRange([heatColumns(run.samples, kind.name)]);
    return [
        make('h2', {}, `Latency: ${kind.name}`),
        make('div', {class: 'grid'},
            timeChart('Percentiles over time', 'response time, from when a message should have been sent', {times, stages: run.stages,
                format: show.ms, logarithmic: true, series: kPercentileColors.map(([field, name, color]) => ({name, color,
                    values: run.samples.map((sample) => kindFigure(sample, kind.name, 'response', field))}))}),
            percentileChart('Percentiles of the whole run', 'service time counts from when the message really was sent', [
                {name: 'response', color: 'violet', curve: kind.response.curve, width: 2},
                {name: 'service', color: 'teal', curve: kind.service.curve, dash: [5, 4]}].filter((s) => s.curve.length > 0)),
            heatMap('Every response over time', null, run.samples, kind.name, range)),
    ];
}

function serverCharts(run, times) {
    const kMost = 24;
    const names = [...new Set(run.samples.flatMap((sample) => Object.keys(sample.server)))].sort();
    if (names.length === 0) {
        return [];
    }
    const charts = names.slice(0, kMost).map((name) => timeChart(name, null, {times, height: 150, format: show.number,
        axisFormat: show.short,
        series: [{name: 'value', color: 'green', values: run.samples.map((sample) => sample.server[name])}]}));
    return [make('h2', {}, 'The server\u2019s own figures'),
        names.length > kMost ? make('p', {class: 'dim small'}, `The first ${kMost} of ${names.length}; the rest is in the files.`) : null,
        make('div', {class: 'grid small-charts'}, ...charts)];
}

function machineRows(meta) {
    return meta.machines.flatMap((machine, i) => [
        [meta.machines.length > 1 ? `machine ${i + 1}` : 'machine', machine.os || '–'],
        ['kernel', machine.kernel || '–'], ['processor', machine.cpu || '–'],
        ['cores', show.number(machine.cores)], ['memory', show.memory(machine.memory_bytes)]]);
}

function metaRows({meta}) {
    return [['tool', `${meta.tool} ${meta.tool_version}`], ['protocol', `version ${meta.protocol_version}`], ['target', meta.target],
        ['started', show.date(meta.started_at_ms)], ['processes', show.number(meta.processes)], ...machineRows(meta),
        ...meta.command_lines.map((line) => ['command line', make('pre', {}, line)])];
}

function describe(run) {
    const {meta} = run;
    return [meta.target, show.date(meta.started_at_ms), `measured ${show.seconds(run.totals.seconds)}`,
        meta.processes > 1 ? `${meta.processes} processes` : '', `${meta.tool} ${meta.tool_version}`].filter((text) => text).join('  ·  ');
}

function runPage(run) {
    const times = run.samples.map((sample) => sample.t);
    const errors = errorSeries(run);
    const errorChart = errors.length > 0
        ? timeChart('Errors per second', null, {times, stages: run.stages, format: show.number, axisFormat: show.short, series: errors})
        : card('Errors per second', null, make('p', {class: 'nothing'}, 'There were none.'));
    const lateness = `worst lateness ${show.us(run.generator.worst_lateness_us)}`;
    const generator = timeChart('The load tester itself', lateness, {times, stages: run.stages, format: show.percent,
        series: [{name: 'processor', color: 'violet', values: run.samples.map((s) => s.cpu_percent), fill: true}]});
    return [
        pageHeader('Load test', run.meta.scenario || 'unnamed', describe(run)),
        verdictBox(verdictOf(run)),
        tiles(run),
        make('h2', {}, 'Thresholds and checks'),
        make('div', {class: 'grid'}, card('Thresholds', null, thresholdTable(run)), card('Checks', null, checkTable(run))),
        make('h2', {}, 'Traffic'),
        make('div', {class: 'grid'}, ...trafficCharts(run, times)),
        make('h2', {}, 'Latency'),
        card('In the measured stages', null, latencyTable(run)),
        ...run.latency.flatMap((kind) => latencySection(run, kind, times)),
        make('h2', {}, 'Errors and the load tester'),
        make('div', {class: 'grid'}, errorChart, generator,
            card('Errors by reason', null, countTable('reason', run.totals.errors, 'There were none.')),
            card('Ends of connections', null, countTable('reason', run.totals.disconnects, 'None ended.'))),
        ...serverCharts(run, times),
        make('h2', {}, 'Totals and surroundings'),
        make('div', {class: 'grid'}, card('Totals', 'of the measured stages', totalsTable(run)),
            card('Tool, machine and target', null, table([{}, {}], metaRows(run))),
            make('section', {class: 'card wide'}, make('h3', {}, 'Configuration'), make('pre', {}, run.meta.configuration || 'none'))),
    ];
}
