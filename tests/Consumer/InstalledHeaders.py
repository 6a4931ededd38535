"""What is installed is whole and says nothing of one system: every header that an installed header includes is installed, too.

Usage: InstalledHeaders.py INCLUDE_FOLDER
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
# What a title begins with. If one of these is missing, the pattern that installs headers is broken.
ENTRANCES = ("Net/PacketSession.h", "Net/ServerService.h", "Net/ClientService.h", "Job/JobQueue.h", "Platform/StopSignal.h",
             "Platform/Sim/SimNetwork.h")
SYSTEMS = ("ServerCore/Platform/Linux/", "ServerCore/Platform/Windows/")


def check(root):
    headers = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    problems = [f"ServerCore/{name} is not installed" for name in ENTRANCES if f"ServerCore/{name}" not in headers]
    for header in headers:
        if not header.endswith(".h") or header.startswith(SYSTEMS):
            problems.append(f"{header} is installed, and is no public header")
            continue
        problems += [f"{header} is installed and includes {included}, which is not: see Tools/CMake/Install.cmake"
                     for included in INCLUDE.findall((root / header).read_text(encoding="utf-8")) if included not in headers]
    print(f"{len(headers)} headers installed")
    return problems


if __name__ == "__main__":
    found = check(pathlib.Path(sys.argv[1]))
    print("\n".join(found))
    sys.exit(1 if found else 0)
