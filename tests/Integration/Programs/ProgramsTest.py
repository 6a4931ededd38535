"""Runs GameServer and DummyClient as a user does: options, messages, exit codes, signals, files.

Usage: ProgramsTest.py GAMESERVER DUMMYCLIENT [EMULATOR]
"""

import csv
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest
import xml.etree.ElementTree

GAME_SERVER, DUMMY_CLIENT, *EMULATOR = sys.argv[1:]
PATIENCE = 60  # seconds; only a failure waits so long

FAILED, USAGE, NOT_REACHABLE, THRESHOLD_FAILED = 1, 2, 3, 99


def run(program, *options):
    return subprocess.run([*EMULATOR, program, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)


def play(address, *options, max_late=100):
    """A machine that is busy with other things may send late: that is not what these tests are about."""
    return run(DUMMY_CLIENT, "run", "--connect", address, "--max-late", str(max_late), *options)


def of_players(**options):
    """Options of what the bots do, as the command line takes them."""
    return [word for name, value in options.items() for word in ("--set", f"{name}={value}")]


def read_until(terminal, text):
    """What a terminal shows, up to that text."""
    shown = b""
    deadline = time.monotonic() + PATIENCE
    while text not in shown:
        if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
            raise TimeoutError(f"{text} did not come after {shown[-2000:]}")
        shown += os.read(terminal, 65536)
    return shown


def name_of(path):
    """As the programs know it: Wine shows the whole file system as drive Z."""
    return "Z:" + str(path).replace("/", "\\") if EMULATOR else str(path)


def packet(packet_id, body):
    return struct.pack("<HH", 4 + len(body), packet_id) + body


HELLO = packet(0x0001, b"\x08\x02")  # C_Hello of version 2


def receive_id(connection):
    size, packet_id = struct.unpack("<HH", connection.recv(4, socket.MSG_WAITALL))
    connection.recv(size - 4, socket.MSG_WAITALL)
    return packet_id


class Server:
    """A GameServer from its ready line to the end of its process."""

    def __init__(self, *options):
        self.process = subprocess.Popen([*EMULATOR, GAME_SERVER, "--listen", "127.0.0.1:0", *options], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.errors = []
        self.reader = threading.Thread(target=lambda: self.errors.extend(self.process.stderr))
        self.reader.start()
        ready = re.fullmatch(r"ready listen=(127\.0\.0\.1):(\d+)\n", self.process.stdout.readline())
        self.port = int(ready[2])
        self.address = f"127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def serves(self):
        """Whether a client gets in."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as client:
                client.sendall(HELLO)
                return receive_id(client) == 0x8001  # S_Hello
        except (ConnectionError, struct.error):
            return False  # reset: at once, or a moment later

    def wait_for_log(self, text):
        deadline = time.monotonic() + PATIENCE
        while not any(text in line for line in self.errors):
            if time.monotonic() > deadline:
                raise AssertionError(f"the server's log does not say '{text}': {self.errors}")
            time.sleep(0.05)

    def stop(self, how=signal.SIGINT):
        """Returns the exit code and what the server printed after its ready line."""
        self.process.send_signal(how)
        output = self.process.stdout.read()
        return self.process.wait(PATIENCE), output


class Options(unittest.TestCase):
    def test_help_explains_every_program(self):
        for program, words, option in ((GAME_SERVER, (), "--listen"), (DUMMY_CLIENT, ("run",), "--connect"), (DUMMY_CLIENT, (), "run")):
            answer = run(program, *words, "--help")
            self.assertEqual(answer.returncode, 0)
            self.assertIn(option, answer.stdout)
            self.assertIn("xample", answer.stdout)

    def test_version_is_one_line(self):
        for program in (GAME_SERVER, DUMMY_CLIENT):
            answer = run(program, "--version")
            self.assertEqual(answer.returncode, 0)
            self.assertRegex(answer.stdout, r"^\S.*\d+\.\d+\.\d+.*\n$")

    def test_mistakes_are_named(self):
        mistakes = ((GAME_SERVER, "--no-such-option"), (GAME_SERVER, "--listen", "nowhere"), (GAME_SERVER, "--listen", "127.0.0.1:99999"),
                    (GAME_SERVER, "--workers", "many"), (DUMMY_CLIENT, "run", "--bots", "0"), (DUMMY_CLIENT, "run", "--connect", "127.0.0.1"),
                    (DUMMY_CLIENT, "run", "--no-such-option"), (GAME_SERVER, "--allow", "10.1.2.3/8"), (GAME_SERVER, "--allow", "localhost"),
                    (GAME_SERVER, "--max-per-ip", "-1"), (GAME_SERVER, "--bind-retry", "soon"), (GAME_SERVER, "--zones", "0"),
                    (GAME_SERVER, "--max-speed", "fast"), (GAME_SERVER, "--logic-threads", "few"),
                    (GAME_SERVER, "--resume-seconds", "long"), (GAME_SERVER, "--flush", "now"), (DUMMY_CLIENT, "run", "--zones", "-1"),
                    (DUMMY_CLIENT, "run", "--switch-every", "often"), (DUMMY_CLIENT, "run", "--reconnect-every", "-1"),
                    (DUMMY_CLIENT, "run", "--warm-up", "-1"), (DUMMY_CLIENT, "run", "--max-late", "101"),
                    (DUMMY_CLIENT, "run", "--threshold", "p99"), (DUMMY_CLIENT, "run", "--threshold", "chatter.p99<1ms"),
                    (DUMMY_CLIENT, "walk"), (DUMMY_CLIENT, "--bots", "5"))
        for program, *options in mistakes:
            with self.subTest(options=options):
                answer = run(program, *options)
                self.assertEqual(answer.returncode, USAGE)
                self.assertEqual(answer.stdout, "")
                self.assertIn(options[1 if options[0] == "run" else 0].lstrip("-"), answer.stderr)
                self.assertLessEqual(len(answer.stderr.splitlines()), 3)


class Configuration(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name, "game.toml")
        self.name = name_of(self.file)

    def test_what_is_printed_can_be_read(self):
        printed = run(GAME_SERVER, "--print-config", "--max-players", "7", "--allow", "192.0.2.0/24", "--allow", "10.0.0.0/8")
        self.assertEqual((printed.returncode, printed.stderr), (0, ""))
        self.assertIn("\nmax-players = 7\n", printed.stdout)
        self.file.write_text(printed.stdout)
        self.assertEqual(run(GAME_SERVER, "--config", self.name, "--print-config").stdout, printed.stdout)
        self.assertEqual(run(GAME_SERVER, "--config", self.name, "--check-config").returncode, 0)

    def test_mistakes_are_named_with_their_places(self):
        self.file.write_text("listen = '127.0.0.1:0'\nmax_players = 7\nworkers = 0\n")
        for options in ((), ("--check-config",), ("--print-config",)):
            answer = run(GAME_SERVER, "--config", self.name, *options)
            self.assertEqual((answer.returncode, answer.stdout), (USAGE, ""))
            self.assertIn("game.toml:2:1: unknown key 'max_players'; did you mean 'max-players'?\n", answer.stderr)
            self.assertIn("game.toml:3:11: --workers", answer.stderr)

    def test_limits_change_while_the_server_runs(self):
        self.file.write_text("max-per-ip = 5\n")
        with Server("--config", self.name) as server, socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
            client.sendall(HELLO)
            self.assertEqual(receive_id(client), 0x8001)  # S_Hello
            self.file.write_text("max-per-ip = 1\nworkers = 77\n")
            server.wait_for_log("max-per-ip is now 1, was 5")
            server.wait_for_log("77 needs a restart")
            while server.serves():  # it tells the log a moment before it does it
                pass
            self.file.write_text("max-per-ip = one\n")
            server.wait_for_log("runs on as before")
            client.sendall(packet(0x0002, b"\x0a\x01P"))  # C_Login of "P", who came before the cap
            self.assertEqual(receive_id(client), 0x8002)  # S_LoginResult
            client.close()
            self.assertEqual(server.stop()[0], 0)

    def test_a_change_while_the_port_is_in_use_is_taken_up(self):
        self.file.write_text("max-per-ip = 5\n")
        with Server() as server:
            waiting = subprocess.Popen([*EMULATOR, GAME_SERVER, "--listen", server.address, "--bind-retry", str(PATIENCE),
                                        "--config", self.name],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            with waiting:
                self.assertIn("in use", waiting.stderr.readline())
                self.file.write_text("max-per-ip = 1\n")
                self.assertEqual(server.stop()[0], 0)
                self.assertTrue(any("max-per-ip is now 1, was 5" in line for line in waiting.stderr))
                waiting.send_signal(signal.SIGINT)
                self.assertTrue(waiting.stdout.read().endswith("ledger balanced=yes\n"))


class Listening(unittest.TestCase):
    def test_a_port_in_use_is_named(self):
        with Server() as server:
            answer = run(GAME_SERVER, "--listen", server.address, "--bind-retry", "0")
            self.assertEqual(answer.returncode, NOT_REACHABLE)
            self.assertEqual(answer.stdout, "")
            self.assertIn(server.address, answer.stderr)
            self.assertEqual(server.stop()[0], 0)

    def test_a_port_in_use_is_taken_over_when_it_is_free(self):
        with Server() as server:
            waiting = subprocess.Popen([*EMULATOR, GAME_SERVER, "--listen", server.address, "--bind-retry", str(PATIENCE)],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            with waiting:
                self.assertIn("in use", waiting.stderr.readline())
                self.assertEqual(server.stop()[0], 0)
                self.assertEqual(waiting.stdout.readline(), f"ready listen={server.address}\n")
                waiting.send_signal(signal.SIGINT)
                self.assertTrue(waiting.stdout.read().endswith("ledger balanced=yes\n"))
                waiting.stderr.read()

    def test_waiting_for_a_port_can_be_cut_short(self):
        with Server() as server:
            waiting = subprocess.Popen([*EMULATOR, GAME_SERVER, "--listen", server.address, "--bind-retry", "3600"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertIn("in use", waiting.stderr.readline())
            waiting.send_signal(signal.SIGINT)
            output, errors = waiting.communicate(timeout=PATIENCE)
            self.assertEqual((waiting.returncode, output), (NOT_REACHABLE, ""))
            self.assertIn("stopped while it waited", errors)

    def test_one_address_gets_no_more_than_its_share(self):
        for options, served in ((("--max-per-ip", "2"), 2), (("--max-per-subnet", "3"), 3), (("--accept-rate", "1"), 1),
                                (("--max-per-ip", "2", "--accept-rate", "1", "--allow", "192.0.2.0/24", "--allow", "127.0.0.0/8"), 5)):
            with self.subTest(options=options), Server(*options) as server:
                clients = []
                answered = 0
                for _ in range(5):
                    try:
                        clients.append(socket.create_connection(("127.0.0.1", server.port), PATIENCE))
                        clients[-1].sendall(HELLO)
                        answered += receive_id(clients[-1]) == 0x8001  # S_Hello
                    except (ConnectionError, struct.error):
                        pass  # reset: at once, or a moment later
                for client in clients:
                    client.close()
                code, output = server.stop()
                self.assertEqual((code, answered), (0, served), output)
                self.assertIn(f" Admitted={served} " if served == 5 else f"refused={5 - served}\n", output)

    def test_a_foreign_address_is_named(self):
        answer = run(GAME_SERVER, "--listen", "192.0.2.1:7777")
        self.assertEqual(answer.returncode, NOT_REACHABLE)
        self.assertIn("192.0.2.1:7777", answer.stderr)

    def test_an_unreachable_server_is_named(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{closed.getsockname()[1]}"
            answer = play(address, "--bots", "2", "--seconds", "1")
        self.assertEqual(answer.returncode, FAILED)
        self.assertIn(address, answer.stderr)


class Playing(unittest.TestCase):
    def test_bots_play_and_the_ledger_balances(self):
        for port_mode in ("shared", "per-worker"):
            with self.subTest(port_mode=port_mode), Server("--workers", "2", "--port-mode", port_mode) as server:
                answer = play(server.address, "--bots", "10", "--seconds", "2")
                self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
                self.assertRegex(answer.stdout, r"lost\s+0\n")
                code, output = server.stop()
                self.assertEqual(code, 0, output)
                self.assertIn("ledger sessions opened=10 closed=10 ", output)
                self.assertIn("ledger held sessions=0 operations=0 buffers=0 threads=0\n", output)
                self.assertTrue(output.endswith("ledger balanced=yes\n"), output)

    def test_bots_come_and_go_in_a_world_of_many_zones(self):
        with Server("--zones", "6") as server:
            answer = play(server.address, "--bots", "60", "--seconds", "4", *of_players(switch_every="1500ms", reconnect_every="2s", whisper="true"))
            self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
            self.assertIn("\nverified: ", answer.stdout)
            for row in (r"chats +sent=[1-9]\d* ", r"whispers +sent=[1-9]\d* ", r"zone switches +[1-9]\d*\n", r"resumes +[1-9]\d*\n",
                        r"sight errors +0\n"):
                self.assertRegex(answer.stdout, row)
            code, output = server.stop()
            self.assertEqual(code, 0, output)
            self.assertRegex(output, r"world zones=6 .* present=0 .* jobs_failed=0\n")
            self.assertTrue(output.endswith("ledger balanced=yes\n"), output)

    def test_bots_crowd_into_fewer_zones(self):
        with Server() as server:
            answer = play(server.address, "--bots", "6", "--seconds", "1", *of_players(zones="1"))
            self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
            self.assertRegex(answer.stdout, r"chats +sent=6 expected=36 received=36 lost=0\n")
            self.assertEqual(server.stop()[0], 0)

    @unittest.skipIf(EMULATOR, "Wine's SIGTERM kills a program before it can know")
    def test_sigterm_stops_gracefully(self):
        with Server() as server:
            code, output = server.stop(signal.SIGTERM)
            self.assertEqual(code, 0)
            self.assertIn("ledger balanced=yes\n", output)

    def test_stopping_disconnects_the_players_who_are_there(self):
        with Server() as server, socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
            client.sendall(HELLO)
            client.sendall(packet(0x0002, b"\x0a\x01P"))  # C_Login of "P"
            self.assertEqual([receive_id(client), receive_id(client)], [0x8001, 0x8002])  # S_Hello, S_LoginResult
            server.process.send_signal(signal.SIGINT)
            self.assertEqual(receive_id(client), 0x8009)  # S_DisconnectNotice
            self.assertEqual(client.recv(1), b"")
            client.close()
            code, output = server.stop(0)
            self.assertEqual(code, 0, output)
            self.assertIn("ServiceStopping=1", output)


class Measuring(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def name(self, file):
        return name_of(self.folder / file)

    def measure(self, *options, seconds=2, max_late=100):
        """What the program said, and its report."""
        with Server() as server:
            answer = play(server.address, "--bots", "10", "--seconds", str(seconds), "--json", self.name("run.json"), *options,
                          max_late=max_late)
            self.assertEqual(server.stop()[0], 0)
        return answer, json.loads((self.folder / "run.json").read_text(encoding="utf-8"))

    def test_a_run_is_written_in_every_format(self):
        answer, report = self.measure("--warm-up", "1", *of_players(whisper="true"), "--csv", self.name("run.csv"), "--hgrm", self.name("run.hgrm"),
                                      "--junit", self.name("run.xml"), "--html", self.name("run.html"), "--threshold", "lost==0",
                                      "--threshold", "sent>=100", "--threshold", "ping.p99<3600s")
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn("\nverified: ", answer.stdout)
        self.assertTrue(answer.stdout.endswith("\nPASSED\n"), answer.stdout)
        self.assertEqual([stage["name"] for stage in report["stages"]], ["connect", "enter", "warm-up", "play", "settle", "leave"])
        self.assertEqual([stage["name"] for stage in report["stages"] if stage["measured"]], ["play"])
        # 10 bots, 10 messages a second each, for the two measured seconds.
        self.assertAlmostEqual(report["totals"]["sent"], 200, delta=20)
        self.assertEqual(report["totals"]["sent"], sum(sample["sent"] for sample in report["samples"] if sample["measured"]))
        self.assertGreater(report["totals"]["bytes_in"], report["totals"]["packets_in"])
        self.assertEqual([kind["name"] for kind in report["latency"]], ["chat", "ping", "whisper"])
        self.assertEqual([threshold["passed"] for threshold in report["thresholds"]], [True] * 3)
        with (self.folder / "run.csv").open(encoding="utf-8", newline="") as file:
            self.assertEqual(len(list(csv.DictReader(file))), len(report["samples"]))
        suites = xml.etree.ElementTree.parse(self.folder / "run.xml").getroot()
        self.assertEqual((len(suites.findall(".//testcase")) > 3, suites.findall(".//failure")), (True, []))
        self.assertTrue((self.folder / "run.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>"))
        self.assertEqual(len(list(self.folder.glob("run.*.response.hgrm"))), 3)
        self.assertEqual(len(list(self.folder.glob("run.*.service.hgrm"))), 3)

    def test_a_threshold_that_is_not_met_is_named(self):
        answer, report = self.measure("--threshold", "ping.min<1us", "--threshold", "sent>0", "--junit", self.name("run.xml"))
        self.assertEqual(answer.returncode, THRESHOLD_FAILED, answer.stdout + answer.stderr)
        self.assertIn("\nverified: ", answer.stdout)
        self.assertRegex(answer.stdout, r"threshold FAILED +ping\.min<1us: ")
        self.assertEqual(report["exit_code"], THRESHOLD_FAILED)
        self.assertEqual(len(xml.etree.ElementTree.parse(self.folder / "run.xml").findall(".//failure")), 1)

    def test_a_hopeless_run_ends_early(self):
        answer, _ = self.measure("--threshold", "ping.max<1us", "--abort-on-fail", seconds=3000)
        self.assertEqual(answer.returncode, THRESHOLD_FAILED, answer.stdout + answer.stderr)
        self.assertIn("the play ended early, for the threshold 'ping.max<1us' was not met", answer.stdout)

    def test_a_load_tester_that_is_late_says_so(self):
        answer, report = self.measure("--rate", "10000", max_late=0)
        if report["totals"]["late_sends"] > 0:  # else the machine is as fast as that
            self.assertEqual(answer.returncode, FAILED, answer.stdout + answer.stderr)
            self.assertIn("INVALID: generator saturated", answer.stdout)

    def test_a_file_that_cannot_be_written_is_named(self):
        answer, _ = self.measure("--html", self.name("nowhere/run.html"))
        self.assertEqual(answer.returncode, FAILED)
        self.assertIn("run.html cannot be written", answer.stderr)

    def test_runs_are_merged_and_compared(self):
        self.measure()
        file = self.name("run.json")
        merged = run(DUMMY_CLIENT, "merge", file, file, "--json", self.name("both.json"), "--threshold", "connected==20")
        self.assertEqual(merged.returncode, 0, merged.stdout + merged.stderr)
        self.assertEqual(json.loads((self.folder / "both.json").read_text(encoding="utf-8"))["meta"]["processes"], 2)
        compared = run(DUMMY_CLIENT, "compare", file, file, "--html", self.name("both.html"), "--fail-if-worse")
        self.assertEqual(compared.returncode, 0, compared.stdout + compared.stderr)
        self.assertTrue((self.folder / "both.html").exists())
        self.assertEqual(run(DUMMY_CLIENT, "compare", file, self.name("none.json")).returncode, FAILED)
        self.assertEqual(run(DUMMY_CLIENT, "merge").returncode, USAGE)


class Scenarios(unittest.TestCase):
    """Each that DummyClient brings along, small, and one from a file."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def play(self, scenario, *options):
        """What the program said, and its report."""
        file = self.folder / "run.json"
        with Server("--zones", "2") as server:
            answer = play(server.address, scenario, "--json", name_of(file), *options)
            self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
            code, output = server.stop()
            self.assertEqual(code, 0, output)
        return answer, json.loads(file.read_text(encoding="utf-8"))

    def test_all_are_listed_and_played(self):
        listed = re.findall(r"^  ([a-z-]+) +\S", run(DUMMY_CLIENT, "scenarios").stdout.split("\n\n")[0], re.MULTILINE)
        steady = ("--bots", "12", "--seconds", "2")
        # The kinds of latency that each measures.
        played = {
            "world": (steady, {"ping", "chat"}),
            "echo": (steady, {"ping"}),
            "walk": (steady, {"ping"}),
            "chat": (("--rate", "3", *steady), {"ping", "chat"}),
            "crowd": (steady, {"ping", "chat"}),
            "login-storm": (("--connect-rate", "20", "--seconds", "2"), {"login", "enter"}),
            "idle": (("--set", "heartbeat=300ms", *steady), {"ping"}),
            "reconnect": (("--set", "reconnect_every=700ms", *steady), {"ping", "chat"}),
        }
        self.assertEqual(listed, list(played))
        for name, (options, kinds) in played.items():
            with self.subTest(scenario=name):
                answer, report = self.play(name, *options)
                self.assertLessEqual(kinds, {kind["name"] for kind in report["latency"]})
                self.assertEqual(report["meta"]["scenario"], name)
                self.assertEqual(report["totals"]["lost"], 0)
                if name == "login-storm":
                    self.assertEqual(report["totals"]["connects"], 40)
                if name == "reconnect":
                    self.assertRegex(answer.stdout, r"resumes +[1-9]")

    def test_a_printed_one_can_be_changed_and_played_with_every_shape(self):
        printed = run(DUMMY_CLIENT, "run", "walk", "--print", "--seed", "7", "--bots", "8", "--seconds", "2")
        self.assertEqual(printed.returncode, 0, printed.stderr)
        self.assertIn("seed = 7 ", printed.stdout)
        steady = '{ kind = "steady" }'
        self.assertIn(steady, printed.stdout)
        for shape, joins in (('{ kind = "ramp", over = "1s", from = 2 }', 8), ('{ kind = "steps", count = 2, every = "800ms" }', 8),
                             ('{ kind = "spike", base = 3, at = "500ms", length = "500ms" }', 8), ('{ kind = "soak", over = "500ms" }', 8),
                             ('{ kind = "arrival", per_second = 5, stay = "400ms", random = true }', 10)):
            with self.subTest(shape=shape):
                text = printed.stdout.replace(steady, shape)
                if "arrival" in shape:
                    text = re.sub(r"^bots = .*\n", "", text, flags=re.MULTILINE)
                file = self.folder / "mine.toml"
                file.write_text(text, encoding="utf-8")
                answer, report = self.play(name_of(file))
                self.assertEqual(report["totals"]["connects"], joins)
                self.assertIn(f"{joins} of {joins} entered", answer.stdout)

    def test_bots_come_from_several_addresses(self):
        with Server("--max-per-ip", "5") as server:
            answer = play(server.address, "echo", "--bots", "9", "--seconds", "1", "--from", "127.0.0.2,127.0.0.3")
            self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
            answer = play(server.address, "echo", "--bots", "9", "--seconds", "1", "--from", "127.0.0.2")
            self.assertEqual(answer.returncode, FAILED)
            self.assertEqual(server.stop()[0], 0)

    def test_failures_fail_a_run_unless_a_threshold_judges_them(self):
        with Server("--max-per-ip", "5") as server:
            storm = ("login-storm", "--connect-rate", "20", "--seconds", "1", *of_players(stay="3s"))
            answer = play(server.address, *storm)
            self.assertEqual(answer.returncode, FAILED, answer.stdout)
            self.assertIn("bots end as they should", answer.stdout)
            self.assertEqual(play(server.address, *storm, "--threshold", "error_rate<=100%").returncode, 0)
            self.assertEqual(play(server.address, *storm, "--threshold", "disconnects<5", "--threshold", "errors>=0").returncode,
                             THRESHOLD_FAILED)
            self.assertEqual(server.stop()[0], 0)

    def test_mistakes_are_named(self):
        broken = self.folder / "broken.toml"
        broken.write_text('[[group]]\nbehaviour = "walker"\n', encoding="utf-8")
        for options, said in ((("wrold",), "did you mean 'world'"), ((name_of(broken),), "broken.toml:2"),
                              (("--set", "zone=1"), "zone: "), (("--set", "chat_share=2"), "chat_share"), (("--bots", "0"), "--bots"),
                              (("--threshold", "p99<abc"), "p99<abc"), (("--threshold", "login.p99<1s"), "login"),
                              (("--from", "here"), "here"), (("--connect", "127.0.0.1:0"), "port 0"), (("--bots", "12", "login-storm"), "bots"),
                              (("--seconds", "0"), "--seconds"), (("--workers", "0"), "--workers"), (("--warm-up", "-1"), "--warm-up"),
                              (("--rate", "0"), "--rate"), (("--connect-rate", "0"), "--connect-rate"), (("--seed", "x"), "--seed"),
                              (("--max-late", "101"), "--max-late"), (("--nonsense",), "--nonsense")):
            with self.subTest(options=options):
                answer = run(DUMMY_CLIENT, "run", *options)
                self.assertEqual((answer.returncode, answer.stdout), (USAGE, ""), answer.stderr)
                self.assertIn(said, answer.stderr)

    @unittest.skipIf(EMULATOR, "Wine has no terminal here")
    def test_a_terminal_gets_a_dashboard_and_takes_keys(self):
        for options, is_dashboard in (((), True), (("--plain",), False)):
            with self.subTest(options=options), Server() as server:
                master, terminal = pty.openpty()
                client = subprocess.Popen([DUMMY_CLIENT, "run", "echo", "--connect", server.address, "--bots", "10", "--seconds", "3000",
                                           "--max-late", "100", *options], stdin=terminal, stdout=terminal, stderr=terminal,
                                          start_new_session=True, env={**os.environ, "TERM": "xterm", "NO_COLOR": "1"},
                                          preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
                os.close(terminal)
                shown = b""
                for key, after in (((b"+", b"connected 10 "), (b"q", b"connected 11 ")) if is_dashboard else ((b"\x03", b"bots=10/10"),)):
                    shown += read_until(master, after)
                    os.write(master, key)
                shown += read_until(master, b"PASSED")
                self.assertEqual(client.wait(PATIENCE), 0)
                os.close(master)
                self.assertEqual(b"\x1b[?1049h" in shown, is_dashboard)
                self.assertEqual(b"play    bots=" in shown, not is_dashboard)
                self.assertEqual(server.stop()[0], 0)

    def test_the_readme_speaks_of_what_there_is(self):
        folder = pathlib.Path(__file__).parents[3] / "DummyClient"
        readme = (folder / "README.md").read_text(encoding="utf-8")
        helps = "".join(run(DUMMY_CLIENT, command, "--help").stdout for command in ("run", "attack", "merge", "compare"))
        self.assertEqual({option for option in re.findall(r"(?<!-)--[a-z][a-z-]*", readme) if option not in helps}, set())
        listed = re.findall(r"^  ([a-z-]+) +\S", run(DUMMY_CLIENT, "scenarios").stdout.split("\n\n")[0], re.MULTILINE)
        table = readme.split("## Scenarios")[1].split("\n\n")[0].replace("| Name |", "")
        self.assertEqual(re.findall(r"`([a-z-]+)`", "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("|"))),
                         listed)

    def test_every_option_of_a_run_is_tested_here(self):
        """Whoever adds one adds its test, too."""
        text = run(DUMMY_CLIENT, "run", "--help").stdout
        options = set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", text, re.MULTILINE))
        self.assertGreater(len(options), 15)
        source = pathlib.Path(__file__).read_text(encoding="utf-8")
        self.assertEqual({option for option in options if f'"{option}"' not in source}, set())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
