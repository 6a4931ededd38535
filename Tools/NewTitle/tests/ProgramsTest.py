"""The two programs as their users run them: the bots talk on the server, both end well, and the server accounts for everything.

Usage: ProgramsTest.py SERVER CLIENT [EMULATOR]
"""

import re
import signal
import socket
import subprocess
import sys
import unittest

SERVER, CLIENT, *EMULATOR = sys.argv[1:]
PATIENCE = 60  # seconds; only a failure waits so long


def run_client(*options):
    return subprocess.run([*EMULATOR, CLIENT, *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)


class Programs(unittest.TestCase):
    def test_bots_talk_and_the_server_stops_gracefully(self):
        command = [*EMULATOR, SERVER, "--listen", "127.0.0.1:0"]
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        with server.stdout:
            ready = re.fullmatch(r"ready listen=(\S+)\n", server.stdout.readline())
            self.assertIsNotNone(ready)
            client = run_client("--connect", ready[1], "--bots", "10", "--lines", "20")
            self.assertEqual((client.returncode, client.stdout), (0, "10 bots said 20 lines each, and each heard all 200\n"), client.stderr)
            server.send_signal(signal.SIGINT)
            output = server.stdout.read()
        self.assertEqual(server.wait(PATIENCE), 0, output)
        self.assertIn(" entered=10 left=10 present=0 lines=201\n", output)  # 200, and the word to begin
        self.assertTrue(output.endswith("ledger balanced=yes\n"), output)

    def test_bots_without_a_server_fail_and_say_why(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            client = run_client("--connect", f"127.0.0.1:{closed.getsockname()[1]}", "--bots", "2")
        self.assertEqual((client.returncode, client.stdout), (1, ""))
        self.assertIn("did not connect: ConnectFailed", client.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
