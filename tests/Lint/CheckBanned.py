#!/usr/bin/env python3
"""Things that compile and then bite. Each message says what to use instead."""

import re

import Sources

LOST_WAKEUPS = "loses wake-ups in MinGW's libstdc++; use std::mutex with std::condition_variable"

# (what, where: the beginnings of paths, message)
EVERYWHERE = ("",)
RULES = [
    (r"#[ \t]*include[ \t]*<(?:semaphore|latch|barrier)>", EVERYWHERE, LOST_WAKEUPS),
    (r"\bstd::(?:counting_semaphore|binary_semaphore|latch|barrier|stop_callback)\b", EVERYWHERE, LOST_WAKEUPS),
    (r"\bstd::atomic(?:_flag)?_(?:wait|notify)\w*", EVERYWHERE, LOST_WAKEUPS),
    # A wait with a stop token between the lock and the condition.
    (r"\.[ \t]*wait(?:_for|_until)?[ \t]*\([ \t]*\w+[ \t]*,[ \t]*[\w.>-]*(?:[sS]top|[tT]oken)\w*(?:\(\))?[ \t]*,", EVERYWHERE,
     LOST_WAKEUPS + ", and make the stop a part of the condition"),
    (r"\b(?:DisconnectEx|LPFN_DISCONNECTEX|WSAID_DISCONNECTEX|TF_REUSE_SOCKET)\b", EVERYWHERE,
     "a socket used again waits for TIME_WAIT and gains nothing; close it and open another"),
    (r"\bSIO_LOOPBACK_FAST_PATH\b", EVERYWHERE, "has crashed Windows and costs system time; leave the loopback as it is"),
    # A member called time is somebody's own.
    (r"\b(?:system_clock|utc_clock|CLOCK_REALTIME|timespec_get|gettimeofday|GetSystemTime\w*|GetLocalTime)\b"
     r"|(?<![\w.>])(?:std::|::)?time[ \t]*\([ \t]*(?:nullptr|NULL|0|&\w+)[ \t]*\)", ("ServerCore/",),
     "jumps with the wall clock; use servercore::Clock"),
    # A method of that name is another's: the load tester's bots sleep in a time of their own.
    (r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\b|(?<!\.)\bSleep(?:Ex)?[ \t]*\(", ("ServerCore/", "tests/"),
     "waits for time instead of for what should happen; wait on a condition variable, or let a fake clock advance"),
    # Pointers and plain numbers have no destructor.
    (r"\bthread_local\b(?![^;={(]*\*)(?![ \t]+(?:static[ \t]+|const[ \t]+|constinit[ \t]+)*"
     r"(?:bool|char|int|unsigned|long|float|double|std::(?:byte|size_t|ptrdiff_t|u?int\d+_t))\b)", EVERYWHERE,
     "objects are destroyed after MinGW has freed their memory; keep them elsewhere and a thread_local pointer to them"),
    # A variable that the condition declares is one.
    (r"\b(?:if|while|switch)[ \t]*\((?![^;()]*[^=!<>]=[ \t]*co_await\b)[^;{}]*?\bco_await\b", EVERYWHERE,
     "is dropped by GCC 12 with the whole body, if the coroutine has no local variable; keep its result in one"),
    (r"\busing[ \t]+namespace[ \t]+(?:::)?[ \t]*std[ \t]*;", EVERYWHERE, "write std:: (a using-directive for literals is fine)"),
]
CMAKE_GLOB = re.compile(r"\bfile[ \t]*\([ \t\n]*GLOB(?:_RECURSE)?\b", re.IGNORECASE)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
# "std::atomic<T> name", also in a container, by reference or as a pointer.
ATOMIC = re.compile(r"\bstd::atomic(?:_flag|_ref|_\w+)?\b(?:[ \t]*<[^;(){}=]*>)?[ \t\n]*[&*>]*[ \t]*(?:const[ \t]+)?(\w+)[ \t]*[;={(,)\[]")
CONDITION_VARIABLE = re.compile(r"\bstd::condition_variable(?:_any)?[ \t]*[&*]?[ \t]*(\w+)")
# receiver.wait(, with or without an index behind the receiver's name
CALL = re.compile(r"(\w+)[ \t]*(?:\[[^\]]*\][ \t]*)?(?:\.|->)[ \t]*(wait|notify_one|notify_all)[ \t]*\(")


class Names:
    """The atomics and the condition variables that a file can name: its own and those of the project's headers it includes."""

    def __init__(self, root):
        self._root = root
        self._cache = {}

    def of(self, path):
        atomics, variables = set(), set()
        seen, waiting = set(), [path]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            own_atomics, own_variables, includes = self._of_file(current)
            atomics |= own_atomics
            variables |= own_variables
            waiting += includes
        return atomics, variables

    def _of_file(self, path):
        if path not in self._cache:
            try:
                source = Sources.read(self._root, path)
            except OSError:
                source = ""  # generated, or a library's
            code = Sources.code_only(source)
            includes = INCLUDE.findall(Sources.without_comments(source))
            if path.startswith(Sources.TITLE):
                includes += [Sources.TITLE + name for name in includes]
            self._cache[path] = (set(ATOMIC.findall(code)), set(CONDITION_VARIABLE.findall(code)), includes)
        return self._cache[path]


def check_cpp(path, source, names):
    code = Sources.code_only(source)
    found = []
    for pattern, where, message in RULES:
        if path.startswith(where):
            found += [(match.start(), match[0].strip().lstrip(".( "), message) for match in re.finditer(pattern, code)]
    if re.search(r"\b(?:wait|notify_one|notify_all)\b", code):
        atomics, variables = names.of(path)
        for match in CALL.finditer(code):
            receiver, call = match[1], match[2]
            if receiver in variables:
                continue
            # Futures, conditions and the like may be waited for; but nothing else that is not an atomic has notify_one and notify_all.
            if receiver in atomics or call != "wait":
                found.append((match.start(), f"{receiver}.{call}", LOST_WAKEUPS))
    return [f"{path}:{Sources.line_of(code, position)}: {what} {message}" for position, what, message in sorted(found)]


def check_cmake(path, source):
    code = re.sub(r"#[^\n]*", "", source)
    return [f"{path}:{Sources.line_of(code, match.start())}: a GLOB does not see files that come later; list the sources"
            for match in CMAKE_GLOB.finditer(code)]


def check(root, _options=None):
    names = Names(root)
    problems = []
    for path in Sources.project_files(root, Sources.CPP_SUFFIXES, with_title=True):
        problems += check_cpp(path, Sources.read(root, path), names)
    for path in ["CMakeLists.txt", *Sources.project_files(root, (".cmake",), ("CMakeLists.txt",), with_title=True)]:
        try:
            problems += check_cmake(path, Sources.read(root, path))
        except FileNotFoundError:
            problems.append(f"{path}:1: there is no such file")
    return problems


if __name__ == "__main__":
    Sources.main(__doc__, check)
