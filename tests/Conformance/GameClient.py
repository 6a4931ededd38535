"""A client of the game that owes nothing to the C++ code: it knows the page and the schema."""

import collections
import contextlib
import socket
import struct

from Judge import Decoder
from Messages import LOGIN_RESULTS, MESSAGES, RESUME_RESULTS
from ServerJudge import ServerJudge

PATIENCE = 60  # seconds; only a failure waits so long


class GameClient:
    """One player, over as many connections as it needs. Holds every packet that comes against the promises of the page, so receive() raises
    Judge.Broken when the server breaks one."""

    def __init__(self, page, port):
        self._page = page
        self._port = port
        self._judge = ServerJudge(page)
        self._sent = collections.Counter()  # sequences, by packet
        self.token = b""
        self.bytes = bytearray()  # all that has come
        self._connect()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    @property
    def view(self):
        """What the player has been told; None before the login."""
        return self._judge.view

    @property
    def player_id(self):
        return self.view.player_id

    @property
    def seen(self):
        """The ids of the players in sight."""
        return set(self.view.seen)

    @property
    def place(self):
        """Where the player stands, as far as this client knows."""
        me = self.view.seen[self.player_id]
        return me.x, me.y

    # Sending

    def send(self, packet, /, **fields):
        self.send_bytes(self._page.frame(packet, MESSAGES[packet](**fields).SerializeToString()))

    def send_bytes(self, data):
        self._socket.sendall(data)

    def move(self, x, y):
        self._send_next("C_Move", x=x, y=y)

    def chat(self, text):
        self._send_next("C_Chat", text=text)

    def whisper(self, to, text):
        self._send_next("C_Whisper", to=to, text=text)

    def _send_next(self, packet, **fields):
        self._sent[packet] += 1
        self.send(packet, sequence=self._sent[packet], **fields)

    def finish(self):
        """FIN: nothing more is sent. If the server has reset the connection, receive() tells."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)

    # Receiving

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

    def wait_for_packet(self, name, condition=lambda message: True):
        """Receives until a packet of this name comes that the condition holds for."""
        while (packet := self.receive()) is not None:
            if packet[0] == name and condition(packet[1]):
                return packet[1]
        raise AssertionError(f"the stream ended before a {name} that was waited for had come")

    def rest(self):
        """All packets until the end of the stream."""
        packets = []
        while (packet := self.receive()) is not None:
            packets.append(packet)
        return packets

    # What takes more than one packet

    def greet(self):
        self.send("C_Hello", protocol_version=self._page.version)
        self.expect("S_Hello")

    def log_in(self, name):
        self.greet()
        self.send("C_Login", name=name.encode())
        result = self.expect("S_LoginResult")
        if result.result != LOGIN_RESULTS.Value("LOGIN_OK"):
            raise AssertionError(f"'{name}' was refused: {LOGIN_RESULTS.Name(result.result)}")
        self.token = result.resume_token

    def enter(self, zone=1):
        """Waits until those in sight have come."""
        self.send("C_EnterZone", zone_id=zone)
        entered = self.wait_for_packet("S_ZoneEntered")
        if entered.zone_id != zone:
            raise AssertionError(f"the zone is {entered.zone_id}, not {zone}")
        self.wait_for(lambda: self.player_id in self.seen)

    def walk(self, x, y):
        """Waits for the confirmation."""
        self.move(x, y)
        self.wait_for(lambda: self.view.seen[self.player_id].sequence == self._sent["C_Move"])

    def settle(self):
        """Waits until the server has dealt with all that was sent."""
        self.send("C_Ping", client_time=1)
        self.wait_for_packet("S_Pong")

    def leave(self):
        self.send("C_Leave")
        self.finish()
        self.rest()

    # Connections

    def reconnect(self, quietly=False):
        """Breaks the connection, with RST or quietly with FIN, and makes another. What has not been received is lost."""
        if quietly:
            self.finish()
            with contextlib.suppress(OSError):
                while self._socket.recv(65536):
                    pass
        else:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
        self._judge.reconnect()
        self._connect()

    def try_to_resume(self):
        self.greet()
        self.send("C_Resume", resume_token=self.token, received=self.view.kept)
        return self.expect("S_ResumeResult")

    def resume(self):
        """What the server has not taken is forgotten; the caller may send it again."""
        result = self.try_to_resume()
        if result.result != RESUME_RESULTS.Value("RESUME_OK"):
            raise AssertionError(f"the resume was refused: {RESUME_RESULTS.Name(result.result)}")
        self._sent["C_Move"] = result.move_sequence
        self._sent["C_Chat"] = result.chat_sequence
        self._sent["C_Whisper"] = result.whisper_sequence
        return result

    def _connect(self):
        self._socket = socket.create_connection(("127.0.0.1", self._port), PATIENCE)
        self._decoder = Decoder(self._page, "server")
        self._received = collections.deque()
