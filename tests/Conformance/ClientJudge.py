"""What the server insists on, as far as the bytes of a client can tell."""

from Judge import Broken, Judge, insist
from Messages import RESUME_RESULTS


class ClientJudge(Judge):
    """Of a client that is alone on the server: nobody waits for its token, unless hear() says so."""

    def __init__(self, page):
        super().__init__(page, "client")
        self.reconnect()

    def reconnect(self):
        """Its connection has ended, and it has made another."""
        self.state = self._page.states[0]
        self._offences = 0
        self._refused = 0
        self._sequences = {"C_Move": 0, "C_Chat": 0, "C_Whisper": 0}
        self._may_have_received = False  # kept packets; alone in the lobby it gets none

    @property
    def logged_in(self):
        return self._page.states.index(self.state) >= self._page.states.index("Lobby")

    def hear(self, name, message=None):
        """A packet of the server that the client has waited for. Without a message: one that leads on."""
        if name == "S_ResumeResult" and message is not None and message.result == RESUME_RESULTS.Value("RESUME_OK"):
            self.state = self._page.leads_to[self.state, "C_Resume"]
            self._may_have_received = True
            self._sequences = {"C_Move": message.move_sequence, "C_Chat": message.chat_sequence, "C_Whisper": message.whisper_sequence}
        self.state = self._page.leads_to.get((self.state, name), self.state)

    def take(self, packet_id, body):
        """As of every judge; None for an offence that is ignored."""
        try:
            return super().take(packet_id, body)
        except Broken as broken:
            self._offences += 1
            if self._page.rules[broken.rule].is_offence and self.logged_in and self._offences <= self._page.offences_borne:
                return None
            raise

    def _check_state(self, packet):
        insist(self.state in packet.states, "state", f"{packet.name} came in {self.state}")

    def _judge(self, packet, message):
        check = getattr(self, f"_{packet.name}", None)
        if check is None or check(message):
            self.state = self._page.leads_to.get((self.state, packet.name), self.state)

    def _C_Hello(self, message):
        insist(message.protocol_version == self._page.version, "version", f"the client speaks {message.protocol_version}")
        return True

    def _C_Login(self, message):
        return self._is_name(message.name) or self._refuse()

    def _C_Resume(self, message):
        return self._refuse()

    def _C_EnterZone(self, message):
        first = self._page.rules["zone"].numbers()[0]
        insist(first <= message.zone_id <= self._page.zone_count, "zone", f"there is no zone {message.zone_id}")
        self._may_have_received = True
        return True

    def _C_Move(self, message):
        self._count("C_Move", message.sequence)
        lowest, highest = self._page.rules["position"].numbers()
        insist(lowest <= message.x <= highest and lowest <= message.y <= highest, "position", f"x is {message.x}, y is {message.y}")
        return True

    def _C_Chat(self, message):
        self._count("C_Chat", message.sequence)
        self._check_text(message.text)
        return True

    def _C_Whisper(self, message):
        insist(self._is_name(message.to), "name", f"it is {message.to!r}")
        self._check_text(message.text)
        self._count("C_Whisper", message.sequence)
        return True

    def _C_Ping(self, message):
        insist(message.received == 0 or self._may_have_received, "received", f"there were not yet {message.received}")
        return True

    def _refuse(self):
        self._refused += 1
        insist(self._refused <= self._page.rules["logins"].numbers()[0], "logins", f"{self._refused} were refused")
        return False

    def _count(self, kind, sequence):
        self._sequences[kind] += 1
        insist(sequence == self._sequences[kind], "sequence", f"{sequence} came instead of {self._sequences[kind]}")

    def _is_name(self, raw):
        text = self._printable(raw)
        shortest, longest = self._page.name_characters
        return text is not None and shortest <= len(text) <= longest and text == text.strip(" ")

    def _check_text(self, raw):
        shortest, longest = self._page.rules["chat"].numbers()[:2]
        insist(shortest <= len(raw) <= longest and self._printable(raw) is not None, "chat", f"it is {raw!r}")

    def _printable(self, raw):
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return text if all(map(self._page.is_printable, text)) else None
