"""The two programs as their users run them: the bots talk on the server, both end well, and the server accounts for everything.

Usage: ProgramsTest.py SERVER CLIENT [EMULATOR]
"""

import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

SERVER, CLIENT, *EMULATOR = sys.argv[1:]
PATIENCE = 60  # seconds; only a failure waits so long


def run_client(*words, folder=None):
    command = [*EMULATOR, CLIENT, *words]
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)


class Programs(unittest.TestCase):
    def test_bots_talk_and_the_server_stops_gracefully(self):
        command = [*EMULATOR, SERVER, "--listen", "127.0.0.1:0"]
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        with server.stdout, tempfile.TemporaryDirectory() as folder:
            ready = re.fullmatch(r"ready listen=(\S+)\n", server.stdout.readline())
            self.assertIsNotNone(ready)
            for scenario in ("talk", "storm", "evening"):
                with self.subTest(scenario):
                    client = run_client("run", scenario, "--connect", ready[1], "--seconds", "1", "--max-late", "100",
                                        "--threshold", "say.p50>=0ms", "--json", "run.json", folder=folder)
                    self.assertEqual(client.returncode, 0, client.stdout + client.stderr)
                    self.assertTrue(client.stdout.endswith("\nPASSED\n"), client.stdout)
                    checks = json.loads((pathlib.Path(folder) / "run.json").read_text())["checks"]
                    for check in checks:
                        self.assertEqual(check["failed"], 0)
                        self.assertGreater(check["passed"], 0)
            server.send_signal(signal.SIGINT)
            output = server.stdout.read()
        self.assertEqual(server.wait(PATIENCE), 0, output)
        entered = re.search(r" entered=(\d+) left=(\d+) present=0 ", output)
        self.assertIsNotNone(entered, output)
        self.assertGreaterEqual(int(entered[1]), 70)  # of talk and evening those who are there from the beginning
        self.assertEqual(entered[1], entered[2])
        self.assertTrue(output.endswith("ledger balanced=yes\n"), output)

    def test_bots_without_a_server_fail_and_say_why(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            client = run_client("run", "--connect", f"127.0.0.1:{closed.getsockname()[1]}", "--bots", "2")
        self.assertEqual(client.returncode, 1)
        self.assertIn("nobody listens at 127.0.0.1", client.stderr)

    def test_help_and_mistakes(self):
        self.assertEqual((run_client("--help").returncode, run_client("run", "--help").returncode), (0, 0))
        self.assertEqual(run_client("dance").returncode, 2)
        mistake = run_client("run", "tolk")
        self.assertEqual(mistake.returncode, 2)
        self.assertIn("did you mean 'talk'?", mistake.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
