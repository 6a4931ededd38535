#!/usr/bin/env python3
"""A program at a terminal, seen from the terminal. TerminalTest.py TERMINALPROBE [LAUNCHER...]"""

import fcntl
import os
import pty
import resource
import select
import signal
import struct
import subprocess
import sys
import termios
import unittest

PATIENCE_S = 20
PROGRAM = []
IS_NATIVE = True
ENTER_SCREEN = b"\x1b[?1049h"
LEAVE_SCREEN = b"\x1b[?1049l"
LFLAG = 3
CC = 6


def environment(**changes):
    names = ("LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR")
    return {**{name: value for name, value in os.environ.items() if name not in names}, "TERM": "xterm", "LANG": "C.UTF-8", **changes}


class WithoutTerminal(unittest.TestCase):
    def test_pipes_get_the_facts_and_nothing_else(self):
        run = subprocess.run([*PROGRAM, "facts"], input=b"q", stdout=subprocess.PIPE, env=environment(), timeout=PATIENCE_S, check=True)
        self.assertEqual(run.stdout.split(), b"show no colour no utf8 no keys no size 0x0 key no end".split())


class AtTerminal(unittest.TestCase):
    def setUp(self):
        if not IS_NATIVE:
            self.skipTest("only this system's own programs know its terminals")
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 132, 0, 0))
        self.original = termios.tcgetattr(self.slave)
        self.seen = b""
        self.process = None

    def tearDown(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def start(self, command, stdin=None, stdout=None, **changes):
        def take_terminal():
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # SIGQUIT leaves none

        self.process = subprocess.Popen(command, stdin=stdin or self.slave, stdout=stdout or self.slave, stderr=self.slave,
                                        pass_fds=(self.slave,), start_new_session=True, preexec_fn=take_terminal,
                                        env=environment(**changes))

    def read_until(self, text):
        while text not in self.seen:
            self.assertTrue(select.select([self.master], [], [], PATIENCE_S)[0], f"{text} never came, but {self.seen}")
            self.seen += os.read(self.master, 4096).replace(b"\r", b"")  # what a terminal adds to ends of lines
        end = self.seen.index(text) + len(text)
        before, self.seen = self.seen[:end], self.seen[end:]
        return before

    def send(self, text):
        os.write(self.master, text)

    def ends_with(self, code):
        self.assertEqual(self.process.wait(PATIENCE_S), code)

    def facts(self, **changes):
        self.start([*PROGRAM, "facts"], **changes)
        facts = self.read_until(b"end\n")
        self.ends_with(0)
        self.assertEqual(termios.tcgetattr(self.slave), self.original)
        return " ".join(facts.decode().split())

    def start_reading(self, mode):
        self.start([*PROGRAM, mode])
        self.assertIn(ENTER_SCREEN, self.read_until(b"ready\n"))
        changed = termios.tcgetattr(self.slave)[LFLAG]
        self.assertFalse(changed & (termios.ICANON | termios.ECHO))
        self.assertTrue(changed & termios.ISIG)

    def expect_restored(self):
        self.read_until(LEAVE_SCREEN)
        self.assertEqual(termios.tcgetattr(self.slave), self.original)

    def test_facts_of_a_terminal(self):
        self.assertEqual(self.facts(), "show yes colour yes utf8 yes keys yes size 132x40 end")

    def test_colours_and_characters_are_the_users_choice(self):
        self.assertIn("colour no", self.facts(NO_COLOR="1"))
        self.assertIn("colour yes", self.facts(NO_COLOR=""))
        self.assertIn("utf8 no", self.facts(LC_ALL="C"))

    def test_a_dumb_terminal_shows_nothing(self):
        self.assertEqual(self.facts(TERM="dumb"), "show no colour no utf8 no keys no size 0x0 key no end")

    def test_without_keys_it_still_shows(self):
        read_end, write_end = os.pipe()
        os.close(write_end)
        try:
            self.assertEqual(self.facts(stdin=read_end), "show yes colour yes utf8 yes keys no size 132x40 key no end")
        finally:
            os.close(read_end)

    def test_a_job_in_the_background_leaves_the_terminal_alone(self):
        self.start(["sh", "-c", "set -m; \"$@\" & wait $! && echo unharmed", "sh", *PROGRAM, "facts"])
        facts = self.read_until(b"unharmed").decode().split()
        self.assertIn("show no colour no utf8 no keys no".split(), [facts[i:i + 8] for i in range(len(facts))])
        self.assertNotIn("\x1b[?1049h", facts)

    def test_frames_and_keys(self):
        self.start_reading("read")
        for sent, key in ((b"+", "+"), (b"-", "-"), (b"p", "p"), (b"?", "?"), (b"\x1b[A", "up"), (b"\x1bOB", "down")):
            self.send(sent)
            self.read_until(f"key {key}\n".encode())
        self.send(b"q")
        self.read_until(b"key q\n")
        self.ends_with(0)
        self.expect_restored()

    # Each line is cleared before it is drawn: behind a line of full width the cursor stands on its last character.
    def test_a_frame_replaces_what_was_there(self):
        self.start([*PROGRAM, "read"])
        self.assertIn(b"\x1b[H\x1b[Kfirst line\n\x1b[Jsecond line", self.read_until(b"ready\n"))

    def test_ctrl_c_for_one_who_waits_for_it(self):
        self.start_reading("read")
        self.send(b"\x03")
        self.ends_with(0)
        self.expect_restored()

    def test_signals_for_one_who_does_not(self):
        self.start_reading("read-unprepared")
        self.send(b"\x03")
        self.ends_with(-signal.SIGINT)
        self.expect_restored()
        for deadly in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            with self.subTest(deadly):
                self.start_reading("read-unprepared")
                self.process.send_signal(deadly)
                self.ends_with(-deadly)
                self.expect_restored()

    def test_ctrl_z_and_ctrl_s_do_nothing(self):
        self.start_reading("read")
        # The kernel stops nobody whose parent is not at the same terminal, so the setting is what can be seen.
        self.assertEqual(termios.tcgetattr(self.slave)[CC][termios.VSUSP], b"\0")
        self.send(b"\x1a\x13p")
        self.read_until(b"key p\n")
        self.send(b"q")
        self.ends_with(0)

    def test_a_terminal_that_nobody_reads_blocks_nobody(self):
        self.start([*PROGRAM, "flood"])
        self.ends_with(0)
        self.assertEqual(termios.tcgetattr(self.slave), self.original)


if __name__ == "__main__":
    IS_NATIVE = len(sys.argv) == 2
    PROGRAM = [*sys.argv[2:], sys.argv[1]]
    unittest.main(argv=sys.argv[:1], verbosity=2)
