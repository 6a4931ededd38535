"""A client of the game that owes nothing to the C++ code: it knows the page and the schema."""

import collections
import contextlib
import socket

import Judge
from Messages import LOGIN_RESULTS, MESSAGES

PATIENCE = 60  # seconds; only a failure waits so long


class GameClient:
    """Holds every packet that comes against the promises of the page, so receive() raises Judge.Broken when the server breaks one."""

    def __init__(self, page, port):
        self._page = page
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._decoder = Judge.Decoder(page, "server")
        self._judge = Judge.ServerJudge(page)
        self._received = collections.deque()
        self.bytes = bytearray()  # all that has come

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    @property
    def player_id(self):
        return self._judge.player_id

    @property
    def present(self):
        """The ids of the players who are in the zone, as far as this client knows."""
        return set(self._judge.present)

    def send(self, packet, /, **fields):
        self.send_bytes(self._page.frame(packet, MESSAGES[packet](**fields).SerializeToString()))

    def send_bytes(self, data):
        self._socket.sendall(data)

    def finish(self):
        """FIN: nothing more is sent. If the server has reset the connection, receive() tells."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    def receive(self):
        """The next packet as (name, message); None at the end of the stream. ConnectionResetError is the server's RST."""
        while not self._received:
            data = self._socket.recv(65536)
            if not data:
                if self._decoder.rest:
                    raise AssertionError(f"the server finished inside a packet: {self._decoder.rest.hex(' ')}")
                return None
            self.bytes += data
            for packet_id, body in self._decoder.feed(data):
                self._received.append(self._judge.take(packet_id, body))
        return self._received.popleft()

    def expect(self, name):
        """The next packet, which has to be of this name."""
        packet = self.receive()
        if packet is None or packet[0] != name:
            raise AssertionError(f"{name} should have come, but it was {packet or 'the end of the stream'}")
        return packet[1]

    def wait_for(self, condition):
        """Receives until the condition holds."""
        while not condition():
            if self.receive() is None:
                raise AssertionError("the stream ended before what was waited for had come")

    def rest(self):
        """All packets until the end of the stream."""
        packets = []
        while (packet := self.receive()) is not None:
            packets.append(packet)
        return packets

    def log_in(self, name):
        self.send("C_Hello", protocol_version=self._page.version)
        self.expect("S_Hello")
        self.send("C_Login", name=name.encode())
        result = self.expect("S_LoginResult").result
        if result != LOGIN_RESULTS.Value("LOGIN_OK"):
            raise AssertionError(f"'{name}' was refused: {LOGIN_RESULTS.Name(result)}")

    def enter(self):
        self.send("C_EnterZone")
        self.expect("S_ZoneEntered")
        self.wait_for(lambda: self.player_id in self.present)
