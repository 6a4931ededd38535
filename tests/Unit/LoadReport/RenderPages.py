#!/usr/bin/env python3
"""Looks at the pages in a headless Chromium: no script fails, every chart is drawn, nothing hostile has become markup.

RenderPages.py REPORTPAGES [--keep DIRECTORY]      DIRECTORY then has the pages, with a picture of each in light and dark
Exit code 77: there is no Chromium.
"""

import html.parser
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

# First in the page: remembers what goes wrong. Last in it: writes down what is there, for --dump-dom to print.
LISTENER = """<script>
const probeErrors = [];
addEventListener('error', (event) => probeErrors.push(String(event.message || event.target)), true);
addEventListener('unhandledrejection', (event) => probeErrors.push(String(event.reason)));
addEventListener('securitypolicyviolation', (event) => probeErrors.push(`blocked: ${event.blockedURI}`));
</script>
"""
REPORTER = """<script>
setTimeout(() => {
    const colours = (canvas) => {
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
    };
    const count = (selector) => document.querySelectorAll(selector).length;
    const found = {
        errors: probeErrors, title: document.title, rows: count('td'), images: count('img'), scripts: count('script'),
        charts: count('.uplot'), heatMaps: count('canvas[data-chart=heat]'),
        verdict: document.querySelector('.verdict strong')?.textContent || '',
        canvases: [...document.querySelectorAll('canvas')].map((c) => ({width: c.width, height: c.height, colours: colours(c)})),
        wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    };
    const place = document.createElement('pre');
    place.id = 'probe';
    place.textContent = encodeURIComponent(JSON.stringify(found));
    document.body.append(place);
}, 500);
</script>
"""

# Page: charts over time and over percentiles, heat maps, the verdict.
EXPECTED = {
    "report.html": (4 + 2 * 2 + 2 + 2, 2, "FAILED"),
    "hostile.html": (4 + 2 * 2 + 2 + 2, 2, "FAILED"),
    "empty.html": (4 + 1, 0, "PASSED"),
    "comparison.html": (4 + 2 * 2, 4, "B IS WORSE"),
    "hostile-comparison.html": (4 + 2 * 2, 4, "NO CHANGE"),
}


def find_chromium():
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


class Probe(html.parser.HTMLParser):
    """The text of the element with the id "probe"."""

    def __init__(self, page):
        super().__init__()
        self.inside = False
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.inside = ("id", "probe") in attributes

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.text += data


def browse(chromium, page, *arguments):
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--hide-scrollbars", "--virtual-time-budget=5000", f"--user-data-dir={profile}", *arguments, page.as_uri()]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100, check=False)
        return result.stdout.decode("utf-8", "replace"), result.stderr.decode("utf-8", "replace")


def look_at(chromium, path):
    """What the page says about itself once its scripts have run, or None when it says nothing."""
    text = path.read_text(encoding="utf-8")
    probed = path.with_name("probed-" + path.name)
    probed.write_text(text.replace("<head>\n", "<head>\n" + LISTENER, 1).replace("</body>", REPORTER + "</body>", 1), encoding="utf-8")
    output, errors = browse(chromium, probed, "--window-size=1400,1000", "--dump-dom")
    found = Probe(output).text
    if not found:
        print(errors[-2000:])
        return None
    return json.loads(urllib.parse.unquote(found))


def problems_of(name, found):
    if found is None:
        return ["the browser showed nothing"]
    charts, heat_maps, verdict = EXPECTED[name]
    problems = [f"script error: {error}" for error in found["errors"]]
    wanted = {"charts": charts, "heatMaps": heat_maps, "verdict": verdict, "images": 0, "scripts": 5, "wide": False}
    problems += [f"{what}: expected {expected}, found {found[what]}" for what, expected in wanted.items() if found[what] != expected]
    if len(found["canvases"]) != charts + heat_maps:
        problems.append(f"{len(found['canvases'])} canvases")
    for canvas in found["canvases"]:
        if canvas["width"] < 100 or canvas["height"] < 50 or canvas["colours"] < 3:
            problems.append(f"a canvas is not drawn: {canvas}")
    if found["title"] == "owned" or found["rows"] < 10:
        problems.append(f"title '{found['title']}', {found['rows']} cells")
    return problems


def take_pictures(chromium, path):
    for theme, arguments in (("light", []), ("dark", ["--blink-settings=preferredColorScheme=0"])):
        picture = path.with_name(f"{path.stem}-{theme}.png")
        browse(chromium, path, "--window-size=1400,3600", f"--screenshot={picture}", *arguments)


def main(program, keep):
    chromium = find_chromium()
    if chromium is None:
        print("SKIPPED: there is no Chromium here to look at the pages with. Tools/setup.sh --browser installs it.")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        directory = pathlib.Path(keep or folder).resolve()
        subprocess.run([program, str(directory)], check=True, timeout=60)
        failed = False
        for name in EXPECTED:
            problems = problems_of(name, look_at(chromium, directory / name))
            print(f"{name}: {'; '.join(problems) or 'drawn'}")
            failed = failed or bool(problems)
            if keep:
                take_pictures(chromium, directory / name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[3] if sys.argv[2:3] == ["--keep"] else None))
