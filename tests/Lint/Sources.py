"""What the lints share: finding the project's files, and looking at C++ without its comments and strings."""

import argparse
import pathlib
import re
import sys

FOLDERS = ("ServerCore", "GameServer", "DummyClient", "Protocol", "Tools", "tests")
CPP_SUFFIXES = (".h", ".hpp", ".cpp", ".cc")
# A project of its own, in which includes begin at its own root; tests/NewTitle builds it.
TITLE = "Tools/NewTitle/"

# Line comments, block comments, raw strings, strings, characters - but not the ' in 100'000.
_TOKEN = re.compile(
    r"""(?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)"""
    r"""|(?P<text>(?<![0-9A-Za-z_])(?:u8|[uUL])?R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)\""""
    r"""|(?<![0-9A-Za-z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'"""
    r"""|"(?:\\.|[^"\\\n])*")""",
    re.DOTALL,
)


def _blank(text):
    return "".join("\n" if character == "\n" else " " for character in text)


def without_comments(source):
    """The same lines, with spaces for comments."""
    return _TOKEN.sub(lambda match: _blank(match[0]) if match["comment"] else match[0], source)


def code_only(source):
    """The same lines, with spaces for comments, strings and characters."""
    return _TOKEN.sub(lambda match: _blank(match[0]), source)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def read(root, path):
    return (pathlib.Path(root) / path).read_text(encoding="utf-8")


def project_files(root, suffixes, names=(), with_title=False):
    """Paths below the project's folders, relative to the root, with forward slashes; those of new titles only if asked for."""
    root = pathlib.Path(root)
    found = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            is_ours = name.startswith(TITLE) <= with_title and not name.startswith(TITLE + "Binaries/")
            if is_ours and path.is_file() and (path.suffix in suffixes or path.name in names):
                found.append(name)
    return found


def main(description, check, add_arguments=None):
    """Runs check(root, options), which returns lines of the form "file:line: message"; the exit code is 1 when there are any."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2], help="the checkout to look at")
    if add_arguments is not None:
        add_arguments(parser)
    options = parser.parse_args()
    problems = check(options.root, options)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problem(s)" if problems else "no problems")
    sys.exit(1 if problems else 0)
