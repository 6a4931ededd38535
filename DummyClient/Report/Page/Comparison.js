// The page of two runs side by side: A is blue, B is orange, in all charts.

const kRunColors = ['blue', 'orange'];
const kVerdictClasses = {better: 'good', worse: 'bad', changed: 'warn'};

// Change as a bar from the middle, with the noise behind it; 50 % fill the half.
function changeBar(figure) {
    const bar = make('div', {class: 'bar'});
    const half = (percent) => Math.min(50, Math.abs(percent));
    if (figure.noise !== null) {
        const width = half(figure.noise);
        bar.append(make('i', {class: 'noise', style: `left: ${50 - width}%; width: ${width * 2}%`}));
    }
    bar.append(make('i', {class: 'zero'}));
    if (figure.change !== null && figure.change !== 0) {
        const width = half(figure.change);
        const color = {better: 'good', worse: 'bad'}[figure.verdict] || 'grey';
        const left = figure.change < 0 ? 50 - width : 50;
        bar.append(make('i', {style: `left: ${left}%; width: ${Math.max(0.7, width)}%; background: var(--${color})`}));
    }
    return bar;
}

function figureTable(figures) {
    const rows = [];
    let group = null;
    for (const figure of figures) {
        if (figure.group !== group) {
            group = figure.group;
            rows.push(make('tr', {class: 'group'}, make('td', {colspan: '7'}, group)));
        }
        const noise = figure.noise === null ? '–' : `± ${figure.noise.toFixed(1)}%`;
        rows.push([figure.name, figure.a, figure.b, show.signedPercent(figure.change), noise, changeBar(figure),
            {text: figure.verdict, class: kVerdictClasses[figure.verdict] || 'dim'}]);
    }
    const numbers = ['A', 'B', 'change', 'noise'].map((name) => ({name, number: true}));
    return table([{name: 'figure'}, ...numbers, {}, {name: 'verdict'}], rows);
}

// Both runs on one time axis: second by second since each began.
function alignedTimes(runs) {
    return [...new Set(runs.flatMap((run) => run.samples.map((sample) => sample.t)))].sort((a, b) => a - b);
}

function aligned(times, run, read) {
    const values = new Map(run.samples.map((sample) => [sample.t, read(sample)]));
    return times.map((time) => (values.has(time) ? values.get(time) : null));
}

function bothRuns(runs, times, parts) {
    return runs.flatMap((run, i) => parts.map(({name, read, dash, width}) => (
        {name: `${'AB'[i]} ${name}`.trim(), color: kRunColors[i], dash, width, values: aligned(times, run, read)})));
}

function comparedLatency(runs, kind, times) {
    const kinds = runs.map((run) => run.latency.find((k) => k.name === kind));
    const columns = runs.map((run) => heatColumns(run.samples, kind));
    const range = heatRange(columns);
    return [
        make('h2', {}, `Latency: ${kind}`),
        make('div', {class: 'grid'},
            timeChart('Percentiles over time', 'solid p99, dashed p50', {times, format: show.ms, logarithmic: true,
                series: bothRuns(runs, times, [
                    {name: 'p99', read: (sample) => kindFigure(sample, kind, 'response', 'p99_us'), width: 2},
                    {name: 'p50', read: (sample) => kindFigure(sample, kind, 'response', 'p50_us'), dash: [5, 4]}])}),
            percentileChart('Percentiles of the whole runs', 'response time', kinds.map((k, i) => ({name: 'AB'[i], color: kRunColors[i],
                curve: k.response.curve, width: 2}))),
            heatMap('A: every response over time', null, runs[0].samples, kind, range),
            heatMap('B: every response over time', null, runs[1].samples, kind, range)),
    ];
}

function differences(runs) {
    const [a, b] = runs.map((run) => [['scenario', run.meta.scenario], ...metaRows(run)]);
    const textOf = (value) => (value instanceof Node ? value.textContent : value);
    const rows = Array.from({length: Math.max(a.length, b.length)}, (_, i) => {
        const [left, right] = [a[i] || ['', ''], b[i] || ['', '']];
        const differs = textOf(left[1]) !== textOf(right[1]);
        const name = left[0] === right[0] || !right[0] ? left[0] : left[0] ? `${left[0]} / ${right[0]}` : right[0];
        return make('tr', differs ? {class: 'differs'} : {}, make('td', {}, name), make('td', {}, left[1]), make('td', {}, right[1]));
    });
    return table([{}, {name: 'A'}, {name: 'B'}], rows);
}

function comparisonVerdict(figures) {
    const named = (verdict) => figures.filter((figure) => figure.verdict === verdict).map((figure) => `${figure.group} ${figure.name}`);
    const [better, worse, unknown] = [named('better'), named('worse'), named('too short to say')];
    const list = (names) => (names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', '));
    const parts = [worse.length > 0 ? `Worse: ${list(worse)}.` : '', better.length > 0 ? `Better: ${list(better)}.` : '',
        unknown.length > 0 ? `Too short to say: ${list(unknown)}.` : ''].filter((part) => part);
    if (worse.length > 0) {
        return {class: 'bad', word: 'B IS WORSE', why: parts.join(' ')};
    }
    return better.length > 0 ? {class: 'good', word: 'B IS BETTER', why: parts.join(' ')}
        : {class: 'warn', word: 'NO CHANGE', why: parts.join(' ') || 'No figure changed by more than its noise.'};
}

function comparisonPage({runs, names, figures}) {
    const times = alignedTimes(runs);
    const common = {times, stages: []};
    const kinds = runs[0].latency.map((kind) => kind.name).filter((name) => runs[1].latency.some((kind) => kind.name === name));
    const rate = (field) => (sample) => sample[field] / Math.max(1e-9, sample.width);
    const saturated = runs.map((run, i) => (run.generator.saturated ? 'AB'[i] : '')).filter((name) => name);
    const sides = runs.map((run, i) => make('section', {class: 'card'}, make('h3', {}, mark(kRunColors[i]), `${'AB'[i]}: ${names[i]}`),
        make('p', {class: 'dim small'}, `${run.meta.scenario}  ·  ${describe(run)}`),
        make('p', {class: 'small'}, `${verdictOf(run).word}. ${verdictOf(run).why}`)));
    return [
        pageHeader('Comparison of two load tests', runs[0].meta.scenario === runs[1].meta.scenario ? runs[0].meta.scenario
            : `${runs[0].meta.scenario} and ${runs[1].meta.scenario}`, 'A is what was before, B is what came after'),
        verdictBox(saturated.length === 0 ? comparisonVerdict(figures)
            : {class: 'warn', word: 'INVALID', why: `Generator saturated in ${saturated.join(' and ')}: nothing can be compared.`}),
        make('div', {class: 'grid', style: 'margin-top: 14px'}, ...sides),
        make('h2', {}, 'Figures'),
        card('Change from A to B', 'Noise: how far the change may be off, judged by how much it differs between eight stretches of the ' +
            'runs (95 %). It does not know what else the machine did during one of them; repeat what matters.', figureTable(figures)),
        make('h2', {}, 'Traffic'),
        make('div', {class: 'grid'},
            timeChart('Connections', null, {...common, format: show.number, axisFormat: show.short,
                series: bothRuns(runs, times, [{name: '', read: (sample) => sample.connected}])}),
            timeChart('Received per second', null, {...common, format: show.number, axisFormat: show.short,
                series: bothRuns(runs, times, [{name: '', read: rate('received')}])}),
            timeChart('Bytes per second', 'solid in, dashed out', {...common, format: show.bytes, series: bothRuns(runs, times, [
                {name: 'in', read: rate('bytes_in')}, {name: 'out', read: rate('bytes_out'), dash: [5, 4]}])}),
            timeChart('Processor of the load tester', null, {...common, format: show.percent,
                series: bothRuns(runs, times, [{name: '', read: (sample) => sample.cpu_percent}])})),
        ...kinds.flatMap((kind) => comparedLatency(runs, kind, times)),
        make('h2', {}, 'Surroundings'),
        card('Tool, machine and target', 'marked where they differ', differences(runs)),
        make('div', {class: 'grid', style: 'margin-top: 14px'}, ...runs.map((run, i) => card(`Configuration of ${'AB'[i]}`, null,
            make('pre', {}, run.meta.configuration || 'none')))),
    ];
}
