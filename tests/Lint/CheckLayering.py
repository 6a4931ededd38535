#!/usr/bin/env python3
"""Dependencies point one way (ServerCore/Docs, "Folders"), and only the platform folders know an operating system."""

import re

import Sources

BASE, BUFFER, PLATFORM, NET, JOB, APP, PACKET = (
    f"ServerCore/{name}" for name in ("Base", "Buffer", "Platform", "Net", "Job", "App", "Packet"))
LINUX, WINDOWS, SIM = (f"{PLATFORM}/{name}" for name in ("Linux", "Windows", "Sim"))
REPORT = "DummyClient/Report"
CONSOLE = "DummyClient/Console"
SCENARIO = "DummyClient/Scenario"
KIT = "DummyClient/Kit"
LOAD = {REPORT, CONSOLE, SCENARIO}
ENGINE = {BASE, BUFFER, PLATFORM, NET, JOB}

# Layer -> the layers that it may include, besides itself. A file belongs to the longest layer that its path begins with.
MAY_INCLUDE = {
    BASE: set(),
    BUFFER: {BASE},
    PLATFORM: {BASE, BUFFER},
    LINUX: {BASE, BUFFER, PLATFORM},
    WINDOWS: {BASE, BUFFER, PLATFORM},
    SIM: {BASE, BUFFER, PLATFORM},
    NET: {BASE, BUFFER, PLATFORM},
    JOB: {BASE},
    APP: {BASE, BUFFER, PLATFORM, NET, JOB},
    PACKET: {BASE, BUFFER, NET},
    "Protocol": {BASE, BUFFER, NET, PACKET},
    "GameServer": ENGINE | {APP, PACKET, "Protocol"},
    REPORT: {BASE, APP},
    CONSOLE: {BASE, PLATFORM, REPORT},
    SCENARIO: {BASE},
    KIT: ENGINE | LOAD | {APP},
    "DummyClient": ENGINE | {APP, PACKET, "Protocol", KIT} | LOAD,
    "Tools": ENGINE | {APP, PACKET, "Protocol"},
    "tests": ENGINE | {SIM, APP, PACKET, "Protocol", "GameServer", "DummyClient", "Tools", KIT} | LOAD,
}
SYSTEM_LAYERS = (LINUX, WINDOWS)
# Programs about one operating system's own interfaces.
SYSTEM_TOOLS = ("Tools/IoModelLab/", "tests/IoModelLab/", "tests/Integration/Footprint/")

# <x.h> and <x/y> that are no operating system's: the libraries in Tools/CMake/Dependencies.cmake.
LIBRARIES = re.compile(
    r"(?:boost|fmt|spdlog|gtest|gmock|google|CLI|toml\+\+|nlohmann|benchmark|hdr|prometheus)/|mimalloc[\w-]*\.h|civetweb\.h|sodium\.h|nats\.h"
)
SYSTEM_MACRO = re.compile(
    r"\b(?:_?WIN32|_WIN64|_WINDOWS|__CYGWIN__|__MINGW(?:32|64)__"
    r"|__linux(?:__)?|__gnu_linux__|__unix(?:__)?|__APPLE__|__FreeBSD__|__ANDROID__)\b"
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
CONDITION = re.compile(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b(?:\\\n|[^\n])*", re.MULTILINE)


def layer_of(path):
    owners = [layer for layer in MAY_INCLUDE if path.startswith(layer + "/")]
    return max(owners, key=len, default=None)


def is_system_header(header):
    return ("." in header or "/" in header) and not LIBRARIES.match(header)


def check_own_include(layer, header):
    target = layer_of(header)
    if target is None:
        return f'"{header}" does not name a file from the root of the project'
    if target == layer or target in MAY_INCLUDE[layer]:
        return None
    if target in SYSTEM_LAYERS:
        return f"{header} belongs to one operating system; use the headers of {PLATFORM} itself"
    allowed = ", ".join(sorted(MAY_INCLUDE[layer])) or "nothing else"
    return f"{layer} must not include {target} (it may include: {allowed})"


def check_file(path, source):
    layer = layer_of(path)
    if layer is None:
        return [f"{path}:1: no layer is known for this folder; add it to MAY_INCLUDE in CheckLayering.py"]
    knows_system = layer in SYSTEM_LAYERS or path.startswith(SYSTEM_TOOLS)
    problems = []

    def add(position, message):
        if message is not None:
            problems.append(f"{path}:{Sources.line_of(text, position)}: {message}")

    text = Sources.without_comments(source)
    for match in INCLUDE.finditer(text):
        if match[1] is not None:
            add(match.start(), check_own_include(layer, match[1]))
        elif not knows_system and is_system_header(match[2]):
            add(match.start(), f"<{match[2]}> is an operating system's header, or a library's that CheckLayering.py does not know; "
                               f"system headers belong in {LINUX} and {WINDOWS}")
    if not knows_system:
        for condition in CONDITION.finditer(text):
            for macro in SYSTEM_MACRO.finditer(condition[0]):
                add(condition.start(), f"{macro[0]} is asked for; what differs between systems belongs in {LINUX} and {WINDOWS}, "
                                       "and CMake chooses")
    return problems


def check(root, _options=None):
    problems = []
    for path in Sources.project_files(root, Sources.CPP_SUFFIXES):
        problems += check_file(path, Sources.read(root, path))
    return problems


if __name__ == "__main__":
    Sources.main(__doc__, check)
