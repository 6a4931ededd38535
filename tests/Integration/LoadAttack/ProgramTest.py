"""Runs `DummyClient attack` as a tester does, against a GameServer: options, table, file, exit codes, Ctrl-C; and reads its README.

Usage: ProgramTest.py GAMESERVER DUMMYCLIENT README [EMULATOR]
"""

import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

GAME_SERVER, DUMMY_CLIENT, README, *EMULATOR = sys.argv[1:]
PATIENCE = 300  # seconds; only a failure waits so long

FAILED, USAGE = 1, 2


def attack(*options):
    return subprocess.run([*EMULATOR, DUMMY_CLIENT, "attack", *options], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE)


def name_of(path):
    """As the programs know it: Wine shows the whole file system as drive Z."""
    return "Z:" + str(path).replace("/", "\\") if EMULATOR else str(path)


class Server:
    """A GameServer from its ready line to the end of its process."""

    def __init__(self, *options):
        self.process = subprocess.Popen([*EMULATOR, GAME_SERVER, "--listen", "127.0.0.1:0", *options], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = re.fullmatch(r"ready listen=(127\.0\.0\.1:\d+)\n", self.process.stdout.readline())[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """Its exit code and what it printed after its ready line."""
        self.process.send_signal(signal.SIGINT)
        output = self.process.stdout.read()
        return self.process.wait(PATIENCE), output


class Usage(unittest.TestCase):
    def test_the_list_is_that_of_the_readme(self):
        answer = attack("--list")
        self.assertEqual((answer.returncode, answer.stderr), (0, ""))
        listed = [re.fullmatch(r"(\S+) +([0-9a, ]+?)  +(\S.*)", line).groups() for line in answer.stdout.splitlines()]
        text = pathlib.Path(README).read_text(encoding="utf-8")
        described = [tuple(cell.strip().strip("`") for cell in line.strip("|").split("|")[:3])
                     for line in text.splitlines() if re.match(r"\| `[a-z-]+` \|", line)]
        self.assertEqual(listed, described)
        self.assertGreaterEqual(len(listed), 12)

    def test_mistakes_are_named(self):
        for options, named in (((), "--all"), (("teardrop",), "'teardrop' is no attack"), (("silent", "--all"), "--all"),
                               (("silent", "--connect", "127.0.0.1:0"), "port 0"), (("silent", "--attackers", "-1"), "attackers"),
                               (("silent", "--attack-from", "nowhere"), "nowhere")):
            answer = attack(*options)
            self.assertEqual((answer.returncode, answer.stdout), (USAGE, ""), options)
            self.assertIn(named, answer.stderr)

    def test_help_explains(self):
        answer = attack("--help")
        self.assertEqual(answer.returncode, 0)
        for word in ("--i-own-the-target", "--deadline-idle", "--strict-latency", "Exit code"):
            self.assertIn(word, answer.stdout)

    def test_a_target_that_is_not_loopback_is_refused(self):
        answer = attack("--all", "--connect", "192.0.2.1:7777")
        self.assertEqual((answer.returncode, answer.stdout), (USAGE, ""))
        self.assertIn("192.0.2.1", answer.stderr)
        self.assertIn("--i-own-the-target", answer.stderr)

    def test_a_server_that_is_not_there_is_named(self):
        with Server() as server:
            address = server.address
            self.assertEqual(server.stop()[0], 0)
        answer = attack("silent", "--connect", address)
        self.assertEqual(answer.returncode, FAILED, answer.stderr)
        self.assertIn("ConnectFailed", answer.stdout)


class Attacks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "attacks.json"

    def test_the_server_withstands_them_all(self):
        with Server("--idle-timeout", "3") as server:
            answer = attack("--all", "--connect", server.address, "--attackers", "5", "--honest", "5", "--seconds", "0.5", "--baseline", "1",
                            "--rest", "0.1", "--deadline-idle", "3", "--margin", "60", "--json", name_of(self.file))
            self.assertEqual((answer.returncode, answer.stderr), (0, ""), answer.stdout)
            self.assertRegex(answer.stdout, r"\nPASSED: (\d+) of \1 attacks passed\n$")
            code, output = server.stop()
            self.assertEqual(code, 0, output)
            self.assertTrue(output.endswith("ledger balanced=yes\n"), output)
        report = json.loads(self.file.read_text(encoding="utf-8"))
        self.assertEqual([row["name"] for row in report["attacks"]], [line.split()[0] for line in attack("--list").stdout.splitlines()])
        self.assertTrue(report["passed"])
        for row in report["attacks"]:
            self.assertEqual((row["passed"], row["reason"], row["honest"]["lost"], row["honest"]["disconnects"]), (True, "", 0, 0))
            self.assertRegex(answer.stdout, rf"\n{row['name']} +{row['rows']} +5 .* PASS ")

    def test_a_server_that_is_too_patient_fails(self):
        with Server("--idle-timeout", "0") as server:
            answer = attack("half-open", "--connect", server.address, "--attackers", "3", "--honest", "3", "--baseline", "0.5",
                            "--deadline", "0.5", "--margin", "0.5")
            self.assertEqual((answer.returncode, answer.stderr), (FAILED, ""), answer.stdout)
            self.assertIn("3 attackers are still connected after their deadline", answer.stdout)
            self.assertIn("FAILED: 0 of 1 attacks passed", answer.stdout)
            self.assertEqual(server.stop()[0], 0)

    def test_ctrl_c_ends_with_the_table(self):
        with Server() as server:
            process = subprocess.Popen([*EMULATOR, DUMMY_CLIENT, "attack", "half-open", "--connect", server.address, "--attackers", "2",
                                        "--honest", "2", "--baseline", "0.5"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            with process:
                for line in process.stdout:
                    if line.startswith("half-open 1"):
                        process.send_signal(signal.SIGINT)
                        break
                output, errors = process.communicate(timeout=PATIENCE)
            self.assertEqual((process.returncode, errors), (FAILED, ""), output)
            self.assertIn("\ninterrupted: ", output)
            self.assertIn("FAIL", output)
            self.assertEqual(server.stop()[0], 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
