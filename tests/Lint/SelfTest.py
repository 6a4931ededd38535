#!/usr/bin/env python3
"""Plants what the lints look for in a temporary tree, and expects it to be found; and things that only look like it."""

import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

import CheckBanned
import CheckHeaders
import CheckLayering
import CheckTopLevel
import Sources


class Tree(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def expect(self, lint, place, *words):
        """One problem, at this place, that says these words."""
        problems = lint.check(self.root)
        self.assertEqual(len(problems), 1, problems)
        self.assertTrue(problems[0].startswith(place + ": "), problems[0])
        for word in words:
            self.assertIn(word, problems[0])

    def expect_none(self, lint):
        self.assertEqual(lint.check(self.root), [])


class SourcesTest(unittest.TestCase):
    def test_comments_and_strings_become_spaces_and_lines_stay(self):
        source = 'a // "b"\nc /* d\n e */ f "g // h" \'"\' i R"x(j\n" k)x" l 100\'000 m\n'
        code = Sources.code_only(source)
        self.assertEqual(code.split(), ["a", "c", "f", "i", "l", "100'000", "m"])
        self.assertEqual(code.count("\n"), source.count("\n"))
        self.assertEqual(len(code), len(source))
        self.assertIn('"g // h"', Sources.without_comments(source))
        self.assertNotIn("d", Sources.without_comments(source))


class LayeringTest(Tree):
    def expect_include(self, path, include, *words):
        self.write(path, f"#pragma once\n\n#include {include}\n")
        self.expect(CheckLayering, path + ":3", *words)

    def test_job_must_not_include_platform(self):
        self.expect_include("ServerCore/Job/WorkerPool.cpp", '"ServerCore/Platform/Thread.h"', "ServerCore/Job", "ServerCore/Platform")

    def test_net_must_not_include_job(self):
        self.expect_include("ServerCore/Net/Session.h", '"ServerCore/Job/JobQueue.h"')

    def test_job_must_not_include_net(self):
        self.expect_include("ServerCore/Job/JobQueue.h", '"ServerCore/Net/Session.h"')

    def test_base_must_not_include_buffer(self):
        self.expect_include("ServerCore/Base/Log.h", '"ServerCore/Buffer/SendBuffer.h"')

    def test_platform_must_not_include_net(self):
        self.expect_include("ServerCore/Platform/Linux/EpollBackend.h", '"ServerCore/Net/Session.h"')

    def test_the_engine_must_not_include_an_application(self):
        self.expect_include("ServerCore/Net/Session.h", '"GameServer/Zone.h"')

    def test_applications_must_not_include_each_other(self):
        self.expect_include("DummyClient/Main.cpp", '"GameServer/Zone.h"')

    def test_nobody_includes_a_system_folder_from_outside(self):
        for path in ("ServerCore/Net/Session.cpp", "tests/Unit/SomeTest.cpp", "GameServer/Main.cpp", "ServerCore/Platform/NetAddress.cpp"):
            with self.subTest(path):
                self.expect_include(path, '"ServerCore/Platform/Linux/EpollBackend.h"', "one operating system")
                os.remove(self.root / path)

    def test_the_system_folders_do_not_include_each_other(self):
        self.expect_include("ServerCore/Platform/Linux/LinuxError.h", '"ServerCore/Platform/Windows/WinError.h"')

    def test_includes_start_at_the_root(self):
        self.expect_include("ServerCore/Net/Session.cpp", '"Session.h"', "root")

    def test_system_headers_stay_in_their_folders(self):
        for header in ("windows.h", "sys/socket.h", "unistd.h", "pthread.h"):
            with self.subTest(header):
                self.expect_include("ServerCore/Net/Session.cpp", f"<{header}>", header)

    def test_system_macros_stay_in_their_folders(self):
        for line in ("#ifdef _WIN32", "#if defined(__linux__) && 1", "#elif \\\n  defined(__APPLE__)"):
            with self.subTest(line):
                self.write("tests/Unit/SomeTest.cpp", f"int a;\n{line}\n")
                self.expect(CheckLayering, "tests/Unit/SomeTest.cpp:2", "CMake")

    def test_a_folder_without_a_layer_is_noticed(self):
        self.write("ServerCore/Magic/Wand.h", "")
        self.expect(CheckLayering, "ServerCore/Magic/Wand.h:1", "MAY_INCLUDE")

    def test_new_titles_begin_at_their_own_root(self):
        self.write("Tools/NewTitle/Server/Room.cpp", '#include "Server/Room.h"\n')
        self.expect_none(CheckLayering)

    def test_what_is_allowed_is_left_alone(self):
        self.write("ServerCore/Net/Session.h", '#include <memory>\n#include <boost/circular_buffer.hpp>\n'
                   '#include "ServerCore/Platform/Socket.h"\n// #include "ServerCore/Job/JobQueue.h" and #ifdef _WIN32\n/*\n#include <windows.h>\n*/\n#ifdef NDEBUG\n#endif\n')
        self.write("ServerCore/Platform/Linux/EpollBackend.cpp", '#include <sys/epoll.h>\n'
                   '#include "ServerCore/Platform/Linux/EpollBackend.h"\n')
        self.write("ServerCore/Platform/Windows/WinSdk.h", "#if defined(_WIN32_WINNT) && defined(_WIN32)\n#include <windows.h>\n#endif\n")
        self.write("GameServer/Zone.cpp", '#include "Protocol/Schema/Zone.pb.h"\n#include "ServerCore/Job/JobQueue.h"\n'
                   '#include <CLI/CLI.hpp>\n')
        self.write("tests/Integration/EchoTest.cpp", '#include <gtest/gtest.h>\n'
                   '#include "ServerCore/Net/Service.h"\nconst char* text = "_WIN32";\n')
        self.expect_none(CheckLayering)


class BannedTest(Tree):
    def setUp(self):
        super().setUp()
        self.write("CMakeLists.txt", "add_subdirectory(ServerCore)\n")

    def expect_line(self, line, *words, path="ServerCore/Net/Thing.cpp"):
        self.write(path, f"\n{line}\n")
        self.expect(CheckBanned, path + ":2", *words)

    def test_waiting_primitives_that_lose_wakeups(self):
        for line in ("#include <semaphore>", "#include <latch>", "#include <barrier>", "std::binary_semaphore s{0};",
                     "std::stop_callback c(t, f);", "std::atomic_wait(&a, 0);", "std::atomic_flag_notify_one(&a);",
                     "std::latch l(3);", "changed.wait(lock, stopToken, [] { return true; });",
                     "changed.wait_for(lock, thread.get_stop_token(), 1s, ready);"):
            with self.subTest(line):
                self.expect_line(line, "MinGW", "condition_variable")

    def test_waiting_on_atomics(self):
        for line in ("std::atomic<int> a; void F() { a.wait(0); }", "std::atomic<bool> a = false; void F() { a.notify_one(); }",
                     "void F(std::atomic<bool>& done) { done.wait(false); }", "std::atomic_flag f; void F() { f.notify_all(); }",
                     "std::array<std::atomic<int>, 3> a; void F() { a[1].wait(0); }", "void F() { unknown_->notify_all(); }"):
            with self.subTest(line):
                self.expect_line(line, "MinGW")

    def test_waiting_on_an_atomic_of_the_header(self):
        self.write("ServerCore/Net/Thing.h", "class Thing {\n    std::atomic<std::uint32_t> state_ = 0;\n};\n")
        self.write("ServerCore/Net/Thing.cpp", '#include "ServerCore/Net/Thing.h"\nvoid Thing::F() { state_.wait(0); }\n')
        self.expect(CheckBanned, "ServerCore/Net/Thing.cpp:2", "state_.wait")

    def test_socket_tricks(self):
        self.expect_line("DisconnectEx(socket, nullptr, TF, 0);", "DisconnectEx", path="ServerCore/Platform/Windows/A.cpp")
        self.expect_line("f(SIO_LOOPBACK_FAST_PATH);", path="ServerCore/Platform/Windows/A.cpp")
        self.expect_line("f(TF_REUSE_SOCKET);", path="ServerCore/Platform/Windows/A.cpp")

    def test_clocks_sleeps_and_directives(self):
        for line in ("auto now = std::chrono::system_clock::now();", "clock_gettime(CLOCK_REALTIME, &now);", "gettimeofday(&now, nullptr);",
                     "GetSystemTimeAsFileTime(&now);", "auto now = std::time(nullptr);", "time(&now);"):
            with self.subTest(line):
                self.expect_line(line, "Clock")
        self.expect_line("std::this_thread::sleep_for(1ms);", "condition")
        self.expect_line("::Sleep(10);", "condition")
        self.expect_line("using namespace std;", "std::")

    def test_sleeping_in_tests(self):
        self.expect_line("std::this_thread::sleep_until(then);", "condition", path="tests/Unit/SomeTest.cpp")
        self.write("tests/Unit/SomeTest.cpp", "co_await bot.Sleep(1s);\n")
        self.expect_none(CheckBanned)

    def test_thread_local_objects(self):
        for line in ("thread_local Frame frame;", "static thread_local std::vector<int> list{};", "thread_local std::string s(\"a\");"):
            with self.subTest(line):
                self.expect_line(line, "MinGW", "pointer")

    def test_awaiting_in_conditions(self):
        for line in ("if (co_await queue->TrySwitch() == PostResult::Full) {", "while (!co_await next()) {", "if (a == co_await b) {",
                     "switch (co_await kind()) {"):
            with self.subTest(line):
                self.expect_line(line, "GCC 12", "variable")

    def test_globs(self):
        self.write("GameServer/CMakeLists.txt", "# file(GLOB a)\nfile(GLOB_RECURSE sources *.cpp)\n")
        self.expect(CheckBanned, "GameServer/CMakeLists.txt:2", "GLOB")
        self.write("GameServer/CMakeLists.txt", "")
        self.write("CMakeLists.txt", "file(\n  GLOB sources *.cpp)\n")
        self.expect(CheckBanned, "CMakeLists.txt:1", "GLOB")

    def test_new_titles(self):
        self.expect_line("#include <latch>", "MinGW", path="Tools/NewTitle/Server/Room.cpp")
        self.write("Tools/NewTitle/Server/Room.h", "class Room {\n    std::condition_variable changed_;\n};\n")
        self.write("Tools/NewTitle/Server/Room.cpp", '#include "Server/Room.h"\nvoid Room::F() { changed_.notify_all(); }\n')
        self.write("Tools/NewTitle/Binaries/linux-debug/Room.pb.cc", "#include <latch>")
        self.expect_none(CheckBanned)

    def test_what_only_looks_like_it_is_left_alone(self):
        self.write("ServerCore/Net/Thing.h", "class Thing {\n    std::condition_variable_any changed_;\n    std::atomic<int> count_;\n};\n")
        self.write("ServerCore/Net/Thing.cpp", '#include "ServerCore/Net/Thing.h"\n'
                   "// std::latch, sleep_for, using namespace std;\n"
                   'const char* text = "std::barrier DisconnectEx";\n'
                   "using namespace std::chrono_literals;\n"
                   "thread_local const Frame* frame = nullptr; thread_local std::size_t depth = 0; thread_local Frame *const *f;\n"
                   "void F() { changed_.wait(lock, [this] { return token_ == 1; }); changed_.notify_one(); changed_.notify_all(); }\n"
                   "Task I() { const bool ok = co_await queue->TrySwitch(); if (ok) { co_await timers.Delay(queue, 1ms); } }\n"
                   "Task J() { if (const bool ok = co_await queue->TrySwitch(); ok) { co_return; } }\n"
                   "void G(std::future<int>& result) { result.wait(); count_.load(); }\n"
                   "void H() { changed_.wait_for(lock, timeout, ready); port_->Wait(handler, timeout); backend.Wake(); }\n")
        self.write("GameServer/Main.cpp", "auto started = std::chrono::system_clock::now();\nstd::this_thread::sleep_for(1s);\n")
        self.write("GameServer/CMakeLists.txt", "file(READ a b)\n")
        self.expect_none(CheckBanned)


class TopLevelTest(Tree):
    def setUp(self):
        super().setUp()
        for folder in CheckTopLevel.REQUIRED[1:]:
            (self.root / folder).mkdir()
        self.write("CMakeLists.txt", "")
        self.write("README.md", "")

    def test_the_fixed_top_level_is_fine(self):
        self.expect_none(CheckTopLevel)

    def test_something_new_is_noticed(self):
        self.write("Common/Types.h", "")
        self.expect(CheckTopLevel, "Common:1", "ServerCore")

    def test_something_missing_is_noticed(self):
        (self.root / "Protocol").rmdir()
        self.expect(CheckTopLevel, "Protocol:1", "missing")


class HeadersTest(Tree):
    def test_a_header_that_needs_another_is_noticed(self):
        self.write("ServerCore/Base/Good.h", "#pragma once\n#include <vector>\ninline std::vector<int> good;\n")
        self.expect_none(CheckHeaders)
        self.write("ServerCore/Base/Bad.h", "#pragma once\ninline std::vector<int> bad;\n")
        self.expect(CheckHeaders, "ServerCore/Base/Bad.h:1", "alone")

    def test_a_header_without_a_guard_is_noticed(self):
        self.write("ServerCore/Base/Bad.h", "struct Twice {};\n")
        self.expect(CheckHeaders, "ServerCore/Base/Bad.h:1", "alone")

    def test_headers_of_the_other_system_are_skipped(self):
        self.write("ServerCore/Platform/Windows/Bad.h", "#include <no_such_header.h>\n")
        self.expect_none(CheckHeaders)

    def test_the_own_header_comes_first(self):
        self.write("ServerCore/Base/Thing.h", "#pragma once\n")
        self.write("ServerCore/Base/Thing.cpp", '#include <vector>\n#include "ServerCore/Base/Thing.h"\n')
        self.expect(CheckHeaders, "ServerCore/Base/Thing.cpp:1", "Thing.h")

    def test_what_the_build_compiles_first_is_not_compiled_again_and_flags_come_from_it(self):
        self.write("ServerCore/Base/Proven.h", "this would not compile\n")
        self.write("ServerCore/Base/Proven.cpp", '#include "ServerCore/Base/Proven.h"\n')
        self.write("ServerCore/Base/Flagged.h", "#pragma once\n#ifndef FROM_THE_BUILD\n#error missing\n#endif\n")
        source = str(self.root / "ServerCore/Base/Proven.cpp")
        command = f"cmake -E env A=b ccache {os.environ.get('CXX', 'c++')} -DFROM_THE_BUILD -MD -MF x.d -o x.o -c {source}"
        self.write("build/compile_commands.json", json.dumps([{"directory": str(self.root), "command": command, "file": source}]))
        options = argparse.Namespace(build=str(self.root / "build"))
        self.assertEqual(CheckHeaders.check(self.root, options), [])
        self.assertEqual(len(CheckHeaders.check(self.root)), 2)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
