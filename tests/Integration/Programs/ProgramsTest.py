"""Runs GameServer and DummyClient as a user does: options, messages, exit codes, signals.

Usage: ProgramsTest.py GAMESERVER DUMMYCLIENT [EMULATOR]
"""

import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

GAME_SERVER, DUMMY_CLIENT, *EMULATOR = sys.argv[1:]
PATIENCE = 60  # seconds; only a failure waits so long

NOT_VERIFIED, USAGE, NOT_REACHABLE = 1, 2, 3


def run(program, *options):
    return subprocess.run([*EMULATOR, program, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)


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
        for program, option in ((GAME_SERVER, "--listen"), (DUMMY_CLIENT, "--connect")):
            answer = run(program, "--help")
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
                    (GAME_SERVER, "--workers", "many"), (DUMMY_CLIENT, "--bots", "0"), (DUMMY_CLIENT, "--connect", "127.0.0.1"),
                    (DUMMY_CLIENT, "--no-such-option"), (GAME_SERVER, "--allow", "10.1.2.3/8"), (GAME_SERVER, "--allow", "localhost"),
                    (GAME_SERVER, "--max-per-ip", "-1"), (GAME_SERVER, "--bind-retry", "soon"), (GAME_SERVER, "--zones", "0"),
                    (GAME_SERVER, "--max-speed", "fast"), (GAME_SERVER, "--logic-threads", "few"),
                    (GAME_SERVER, "--resume-seconds", "long"), (GAME_SERVER, "--flush", "now"), (DUMMY_CLIENT, "--zones", "-1"),
                    (DUMMY_CLIENT, "--switch-every", "often"), (DUMMY_CLIENT, "--reconnect-every", "-1"))
        for program, *options in mistakes:
            with self.subTest(options=options):
                answer = run(program, *options)
                self.assertEqual(answer.returncode, USAGE)
                self.assertEqual(answer.stdout, "")
                self.assertIn(options[0], answer.stderr)
                self.assertLessEqual(len(answer.stderr.splitlines()), 3)


class Configuration(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name, "game.toml")
        # Wine shows the whole file system as drive Z.
        self.name = "Z:" + str(self.file).replace("/", "\\") if EMULATOR else str(self.file)

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
            answer = run(DUMMY_CLIENT, "--connect", address, "--bots", "2", "--seconds", "1")
        self.assertEqual(answer.returncode, NOT_REACHABLE)
        self.assertIn(address, answer.stderr)


class Playing(unittest.TestCase):
    def test_bots_play_and_the_ledger_balances(self):
        for port_mode in ("shared", "per-worker"):
            with self.subTest(port_mode=port_mode), Server("--workers", "2", "--port-mode", port_mode) as server:
                answer = run(DUMMY_CLIENT, "--connect", server.address, "--bots", "10", "--seconds", "2")
                self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
                self.assertRegex(answer.stdout, r"lost\s+0\n")
                code, output = server.stop()
                self.assertEqual(code, 0, output)
                self.assertIn("ledger sessions opened=10 closed=10 ", output)
                self.assertIn("ledger held sessions=0 operations=0 buffers=0 threads=0\n", output)
                self.assertTrue(output.endswith("ledger balanced=yes\n"), output)

    def test_bots_come_and_go_in_a_world_of_many_zones(self):
        with Server("--zones", "6") as server:
            answer = run(DUMMY_CLIENT, "--connect", server.address, "--bots", "60", "--seconds", "4", "--switch-every", "1.5",
                         "--reconnect-every", "2", "--whisper")
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
            answer = run(DUMMY_CLIENT, "--connect", server.address, "--bots", "6", "--seconds", "1", "--zones", "1")
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


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
