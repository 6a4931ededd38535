"""The real GameServer as a process."""

import re
import signal
import subprocess
import threading

from GameClient import PATIENCE, GameClient


class ServerProcess:
    """From its ready line to the end of its process, which has to be clean."""

    def __init__(self, page, command, *options):
        self._page = page
        self._command = [*command, "--listen", "127.0.0.1:0", *options]

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._errors = []
        self._reader = threading.Thread(target=lambda: self._errors.extend(self._process.stderr))
        self._reader.start()
        self._stopping = False
        ready = re.fullmatch(r"ready listen=127\.0\.0\.1:(\d+)\n", self._process.stdout.readline())
        if ready is None:
            self.__exit__(AssertionError)
            raise AssertionError(f"the server is not ready:\n{''.join(self._errors)}")
        self._port = int(ready[1])
        return self

    def tell(self, *commands):
        """Commands of the operator that are answered in a line each."""
        self._process.stdin.write("".join(f"{command}\n" for command in commands))
        self._process.stdin.flush()
        for _ in commands:
            self._process.stdout.readline()

    def stop(self):
        if not self._stopping:
            self._dismiss_the_operator()
            self._process.send_signal(signal.SIGINT)

    def expect_end(self):
        """It stops by itself."""
        self._dismiss_the_operator()
        self._process.wait(PATIENCE)

    def _dismiss_the_operator(self):
        """Under Wine 8 a server does not stop while its standard input is an open pipe of Unix."""
        self._stopping = True
        self._process.stdin.close()

    def __exit__(self, failure, *_):
        if failure is None:
            self.stop()
        else:
            self._process.kill()
        output = self._process.stdout.read()
        code = self._process.wait(PATIENCE)
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            stream.close()
        if failure is None and (code != 0 or not output.endswith("ledger balanced=yes\n")):
            raise AssertionError(f"the server ended with {code}:\n{output}{''.join(self._errors)}")

    def client(self):
        return GameClient(self._page, self._port)
