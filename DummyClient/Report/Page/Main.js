// Reads the data and builds the page.

function main() {
    const data = JSON.parse(document.getElementById('data').textContent);
    const root = document.documentElement;
    root.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    const first = data.runs[0];
    document.title = `${first.meta.scenario || 'Load test'}: ${data.runs.length === 1 ? 'load test' : 'comparison'}`;
    const parts = data.runs.length === 1 ? runPage(first) : comparisonPage(data);
    document.getElementById('page').append(...parts.filter((part) => part),
        make('footer', {}, `${first.meta.tool} ${first.meta.tool_version}. Charts: uPlot (MIT).`));
    drawAll();
}

main();
