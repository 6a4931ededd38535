"""What the tests of IoModelLab share: the program as a child process, and clients that know where a frame ends."""

import random
import re
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

PROGRAM, *EMULATOR = sys.argv[1:]
del sys.argv[1:]  # unittest has options of its own
UNDER_WINE = bool(EMULATOR)
PATIENCE = 60  # seconds; only a failure waits so long
MAX_FRAME = 65536
FRAMINGS = ("line", "fixed:100", "length")


def run(*options, text=None):
    return subprocess.run([*EMULATOR, PROGRAM, *options], input=text if text is not None else "", capture_output=True, text=True,
                          timeout=PATIENCE)


def models():
    return run("list", "--names").stdout.split()


class Server:
    """`IoModelLab serve` from its ready line to the end of its process."""

    def __init__(self, model, framing="line", *options):
        self.process = subprocess.Popen([*EMULATOR, PROGRAM, "serve", "--model", model, "--listen", "127.0.0.1:0", "--framing", framing,
                                         "--console", *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.errors = []
        self.reader = threading.Thread(target=lambda: self.errors.extend(self.process.stderr))
        self.reader.start()
        ready = re.fullmatch(r"ready listen=127\.0\.0\.1:(\d+)\n", self.process.stdout.readline())
        self.address = ("127.0.0.1", int(ready[1]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def connect(self):
        return socket.create_connection(self.address, PATIENCE)

    def ask(self, command, lines):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return "".join(self.process.stdout.readline() for _ in range(lines))

    def totals(self):
        return numbers(self.ask("totals", 2))

    def usage(self):
        return numbers(self.ask("usage", 1))

    def wait_for_totals(self, **expected):
        deadline = time.monotonic() + PATIENCE
        while True:
            totals = self.totals()
            if all(totals[name.replace("_", "-")] == value for name, value in expected.items()):
                return totals
            if time.monotonic() > deadline:
                raise AssertionError(f"expected {expected}, not {totals}; the server's log: {self.errors}")
            time.sleep(0.02)

    def wait_for_log(self, text):
        deadline = time.monotonic() + PATIENCE
        while not any(text in line for line in self.errors):
            if time.monotonic() > deadline:
                raise AssertionError(f"the server's log does not say '{text}': {self.errors}")
            time.sleep(0.02)

    def stop(self, how=signal.SIGINT):
        """Returns the exit code and the counters that the server printed at its end."""
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        return code, numbers(self.process.stdout.read())


def numbers(text):
    return {name: int(value) for name, value in re.findall(r"([\w-]+)=(\d+)", text)}


def frame(framing, body):
    if framing == "line":
        return body + b"\n"
    if framing == "length":
        return struct.pack(">I", len(body)) + body
    size = int(framing.split(":")[1])
    return body[:size].ljust(size)


def random_stream(framing, size, rng):
    """Frames of all sizes, together about `size` bytes."""
    pieces, total = [], 0
    noise = rng.randbytes(MAX_FRAME).replace(b"\n", b"~")
    while total < size:
        length = rng.choice((0, 1, rng.randrange(1, 200), rng.randrange(1, 5000), rng.randrange(1, MAX_FRAME - 1)))
        start = rng.randrange(MAX_FRAME - length + 1)
        pieces.append(frame(framing, noise[start:start + length]))
        total += len(pieces[-1])
    return b"".join(pieces)


class Talker:
    """A client that sends a stream in random pieces, finishes, and checks that the same comes back, to its last byte. A lazy one reads
    only when it cannot send any more, because the server waits for it: so the server's own sends come up short."""

    def __init__(self, server, stream, rng, is_lazy):
        self.is_lazy = is_lazy
        self.socket = socket.socket()
        if is_lazy:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(server.address)
        self.socket.setblocking(False)
        self.stream, self.rng = stream, rng
        self.sent = self.received = 0
        self.has_ended = False

    def interest(self):
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self.sent < len(self.stream) else 0)

    def act(self, events):
        if events & selectors.EVENT_WRITE:
            size = self.rng.choice((1, self.rng.randrange(1, 100), self.rng.randrange(1, 20000)))
            self.sent += self.socket.send(self.stream[self.sent:self.sent + size])
            if self.sent == len(self.stream):
                self.socket.shutdown(socket.SHUT_WR)
            if self.is_lazy:
                return
        if events & selectors.EVENT_READ:
            data = self.socket.recv(2000 if self.is_lazy else 65536)
            if data != self.stream[self.received:self.received + len(data)]:
                raise AssertionError(f"other bytes came back than were sent, at {self.received}")
            self.received += len(data)
            if not data:
                if self.received != len(self.stream):
                    raise AssertionError(f"{self.received} of {len(self.stream)} bytes came back, of {self.sent} sent")
                self.has_ended = True


def talk(server, framing, clients, size, seed, are_lazy=False):
    """So many clients at once."""
    talkers = []
    with selectors.DefaultSelector() as selector:
        for index in range(clients):
            rng = random.Random(seed * 1000 + index)
            talker = Talker(server, random_stream(framing, size, rng), rng, are_lazy)
            talkers.append(talker)
            selector.register(talker.socket, talker.interest(), talker)
        waiting = clients
        while waiting > 0:
            ready = selector.select(PATIENCE)
            if not ready:
                raise AssertionError(f"nothing comes any more; {waiting} of {clients} clients wait")
            for key, events in ready:
                talker = key.data
                talker.act(events)
                if talker.has_ended:
                    selector.unregister(talker.socket)
                    talker.socket.close()
                    waiting -= 1
                elif talker.interest() != key.events:
                    selector.modify(talker.socket, talker.interest(), talker)


def receive_exactly(connection, size):
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise AssertionError(f"the connection ended after {len(data)} of {size} bytes")
        data += piece
    return data


def echo(connection, data=b"hello\n"):
    connection.sendall(data)
    answer = receive_exactly(connection, len(data))
    if answer != data:
        raise AssertionError(f"{answer} came back for {data}")


def is_silent(connection):
    """Whether nothing has come."""
    connection.setblocking(False)
    try:
        connection.recv(1, socket.MSG_PEEK)
        return False
    except BlockingIOError:
        return True
    finally:
        connection.settimeout(PATIENCE)


def abort(connection):
    """Closes with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
