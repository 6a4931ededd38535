#!/usr/bin/env python3
"""Each header compiles alone. One that a source file of the build includes first has been compiled like that already; the others are
compiled here, with the flags of a source file that includes them. A source file includes the header of its own name first."""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess

import Sources

JOBS = 2
# Of the other operating system; the build for that one covers them.
NOT_HERE = ("ServerCore/Platform/Windows/",)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<[^>]+>)', re.MULTILINE)


def first_include(source):
    match = INCLUDE.search(Sources.without_comments(source))
    return match[1] if match else None


def load_commands(root, build):
    """Source path relative to the root -> compiler and flags."""
    if build is None:
        return {}
    commands = {}
    for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text(encoding="utf-8")):
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), root).replace(os.sep, "/")
        commands[path] = flags_of(entry)
    return commands


def flags_of(entry):
    """Without the launcher before the compiler, and without what names this one source and its object."""
    words = entry.get("arguments") or shlex.split(entry["command"])
    start = next(i for i, word in enumerate(words) if re.search(r"(?:g|clang|c)\+\+[\w.-]*$", word))
    flags = []
    skip = False
    for word in words[start:]:
        if skip or word == "-c" or word == entry["file"]:
            skip = False
        elif word in ("-o", "-MF", "-MT", "-MQ"):
            skip = True
        elif word not in ("-MD", "-MMD"):
            flags.append(word)
    return flags


def load_includers(root):
    """File -> the files that include it directly."""
    includers = {}
    for path in Sources.project_files(root, Sources.CPP_SUFFIXES):
        for included in INCLUDE.findall(Sources.without_comments(Sources.read(root, path))):
            includers.setdefault(included, []).append(path)
    return includers


def flags_for(header, commands, includers, root):
    """Those of a source file that includes the header, directly or not; else of the one that shares the longest path with it."""
    seen, waiting = {header}, [header]
    while waiting:
        path = waiting.pop(0)
        if path in commands:
            return commands[path]
        new = [includer for includer in includers.get(path, []) if includer not in seen]
        seen.update(new)
        waiting += new

    def shared(path):
        return len(os.path.commonprefix([header.split("/")[:-1], path.split("/")[:-1]]))
    nearest = max(sorted(commands), key=shared, default=None)
    return commands[nearest] if nearest is not None else [os.environ.get("CXX", "c++"), "-std=c++20", "-I", str(root)]


def compile_header(header, flags, root):
    # Twice, for the guard against it.
    text = f'#include "{header}"\n#include "{header}"\n'
    result = subprocess.run([*flags, f"-I{root}", "-fsyntax-only", "-x", "c++", "-"], input=text, capture_output=True, text=True, cwd=root)
    if result.returncode == 0:
        return None
    errors = [line for line in result.stderr.splitlines() if "error" in line] or result.stderr.splitlines()
    return f"{header}:1: does not compile alone: {errors[0] if errors else 'the compiler failed'}"


def check(root, options=None):
    root = pathlib.Path(root).resolve()
    commands = load_commands(root, getattr(options, "build", None))
    headers = [path for path in Sources.project_files(root, (".h", ".hpp")) if not path.startswith(NOT_HERE)]
    problems = []
    proven = set()
    for path in Sources.project_files(root, (".cpp", ".cc")):
        first = first_include(Sources.read(root, path))
        own = str(pathlib.PurePosixPath(path).with_suffix(".h"))
        if own in headers and first != own:
            problems.append(f"{path}:1: includes {own} not before everything else")
        if path in commands:
            proven.add(first)
    rest = [header for header in headers if header not in proven]
    includers = load_includers(root)
    print(f"{len(headers)} headers, {len(rest)} to compile")
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        results = pool.map(lambda header: compile_header(header, flags_for(header, commands, includers, root), root), rest)
        problems += [problem for problem in results if problem is not None]
    return problems


if __name__ == "__main__":
    Sources.main(__doc__, check, lambda parser: parser.add_argument("--build", help="a build folder with compile_commands.json"))
