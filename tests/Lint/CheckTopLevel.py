#!/usr/bin/env python3
"""The top level of the project is fixed. Files that git ignores or excludes do not count, so that editors may keep theirs."""

import os
import subprocess

import Sources

REQUIRED = ("CMakeLists.txt", "ServerCore", "GameServer", "DummyClient", "Protocol", "Tools", "Binaries", "tests")
ALLOWED = REQUIRED + (
    "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "CMakePresets.json", "vcpkg.json",
    ".clang-format", ".clang-tidy", ".ci", ".gitignore", ".gitattributes", ".git",
)
BINARIES_KEEPS = ("README.md",)


def files_known_to_git(root):
    """Tracked files and those that could be added; None where this is not a git checkout."""
    if not os.path.exists(os.path.join(root, ".git")):
        return None
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout.decode().rstrip("\0").split("\0")
    except (OSError, subprocess.CalledProcessError):
        return None


def check(root, _options=None):
    files = files_known_to_git(root)
    entries = os.listdir(root) if files is None else {name.split("/")[0] for name in files}
    problems = [f"{name}:1: is not part of the fixed top level; move it below one of: {', '.join(REQUIRED[1:])}"
                for name in sorted(entries) if name not in ALLOWED]
    problems += [f"{name}:1: is missing" for name in REQUIRED if not os.path.exists(os.path.join(root, name))]
    for name in files or ():
        if name.startswith("Binaries/") and name.removeprefix("Binaries/") not in BINARIES_KEEPS:
            problems.append(f"{name}:1: Binaries/ holds what builds make, which is not kept; only {', '.join(BINARIES_KEEPS)} is")
    return problems


if __name__ == "__main__":
    Sources.main(__doc__, check)
