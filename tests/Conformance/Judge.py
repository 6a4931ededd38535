"""Decodes a stream of either side by the page's tables, and names the rule that it breaks."""

import struct

from google.protobuf.message import DecodeError

from Messages import MESSAGES


class Broken(Exception):
    """A rule of the page is broken. What came before was in order."""

    def __init__(self, rule, why):
        super().__init__(f"{rule}: {why}")
        self.rule = rule


def insist(condition, rule, why):
    if not condition:
        raise Broken(rule, why)


class Decoder:
    """Cuts a stream into packets."""

    def __init__(self, page, sender):
        self._page = page
        self._limits = (page.smallest, page.largest) if sender == "server" else (page.smallest_of_client, page.largest_of_client)
        self.rest = b""

    def feed(self, data):
        """Yields (id, body)."""
        self.rest += data
        while len(self.rest) >= self._page.header_bytes:
            size, packet_id = struct.unpack_from(self._page.header_format, self.rest)
            insist(self._limits[0] <= size <= self._limits[1], "size", f"the size field is {size}")
            if len(self.rest) < size:
                return
            body, self.rest = self.rest[self._page.header_bytes:size], self.rest[size:]
            yield packet_id, body


class Judge:
    """What both sides insist on: a packet that there is, in a state that allows it."""

    def __init__(self, page, sender):
        self._page = page
        self._sender = sender

    def take(self, packet_id, body):
        """(name, message); Broken when a rule is."""
        packet = self._page.by_id.get(packet_id)
        insist(packet is not None and packet.sender == self._sender, "id", f"a {self._sender} sends no 0x{packet_id:04X}")
        self._check_state(packet)
        size = self._page.header_bytes + len(body)
        insist(size <= packet.max_bytes, "large", f"{packet.name} has {size} bytes")
        try:
            message = MESSAGES[packet.name].FromString(body)
        except DecodeError as error:
            raise Broken("body", f"this is no {packet.name}: {error}") from error
        self._judge(packet.name, message)
        return packet.name, message


class ClientJudge(Judge):
    """What the server insists on, as far as bytes can tell. Nobody else is online: no name is taken."""

    def __init__(self, page):
        super().__init__(page, "client")
        self._offences = 0
        self.state = page.states[0]
        self._refused = 0
        self._sequences = {"C_Move": 0, "C_Chat": 0}

    @property
    def logged_in(self):
        return self._page.states.index(self.state) >= self._page.states.index("Lobby")

    def take(self, packet_id, body):
        """As above; None for an offence that is ignored."""
        try:
            return super().take(packet_id, body)
        except Broken as broken:
            self._offences += 1
            if self._page.rules[broken.rule].is_offence and self.logged_in and self._offences <= self._page.offences_borne:
                return None
            raise

    def _check_state(self, packet):
        insist(self.state in packet.states, "state", f"{packet.name} came in {self.state}")

    def _judge(self, name, message):
        check = getattr(self, f"_{name}", None)
        if check is None or check(message):
            self.state = self._page.leads_to.get(name, self.state)

    def _C_Hello(self, message):
        insist(message.protocol_version == self._page.version, "version", f"the client speaks {message.protocol_version}")
        return True

    def _C_Login(self, message):
        text = self._printable(message.name)
        shortest, longest = self._page.name_characters
        if text is not None and shortest <= len(text) <= longest and text == text.strip(" "):
            return True
        self._refused += 1
        insist(self._refused <= self._page.rules["logins"].numbers()[0], "logins", f"{self._refused} were refused")
        return False

    def _C_Move(self, message):
        self._count("C_Move", message.sequence)
        lowest, highest = self._page.rules["position"].numbers()
        insist(lowest <= message.x <= highest and lowest <= message.y <= highest, "position", f"x is {message.x}, y is {message.y}")
        return True

    def _C_Chat(self, message):
        self._count("C_Chat", message.sequence)
        shortest, longest = self._page.rules["chat"].numbers()[:2]
        insist(shortest <= len(message.text) <= longest and self._printable(message.text) is not None, "chat", f"it is {message.text!r}")
        return True

    def _count(self, kind, sequence):
        self._sequences[kind] += 1
        insist(sequence == self._sequences[kind], "sequence", f"{sequence} came instead of {self._sequences[kind]}")

    def _printable(self, raw):
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return text if all(map(self._page.is_printable, text)) else None


class ServerJudge(Judge):
    """What the server promises, seen from one client that knows only what it receives."""

    def __init__(self, page):
        super().__init__(page, "server")
        self._greeted = False
        self._awaited = 0  # players of the roster that have yet to come
        self._possible = {page.states[0]}  # the states that the server may be in
        self.player_id = None
        self.present = {}  # player id -> the next sequences of its moves and chats

    def _check_state(self, packet):
        insist(self._greeted or packet.name in ("S_Hello", "S_DisconnectNotice"), "hello", f"{packet.name} came first")
        insist(packet.states & self._possible, "state", f"{packet.name} came in one of {sorted(self._possible)}")

    def _judge(self, name, message):
        insist(self._awaited == 0 or name in ("S_PlayersEntered", "S_Pong", "S_DisconnectNotice"), "roster",
               f"{name} came while {self._awaited} players were missing")
        check = getattr(self, f"_{name}", None)
        if check is not None:
            check(message)

    def _from(self, state):
        self._possible = set(self._page.states[self._page.states.index(state):])

    def _S_Hello(self, message):
        insist(not self._greeted, "state", "S_Hello came twice")
        self._greeted = True
        self._possible = set(self._page.states[:2])

    def _S_LoginResult(self, message):
        if message.result == message.DESCRIPTOR.fields_by_name["result"].enum_type.values_by_name["LOGIN_OK"].number:
            self.player_id = message.player_id
            self._from("Lobby")

    def _S_ZoneEntered(self, message):
        insist("Lobby" in self._possible, "roster", "S_ZoneEntered came twice")
        insist(message.player_count > 0, "roster", "not even the receiver is among the players")
        self._awaited = message.player_count
        self._from("InZone")

    def _S_PlayersEntered(self, message):
        for player in message.players:
            insist(player.player_id not in self.present, "present", f"player {player.player_id} has entered already")
            self.present[player.player_id] = {"move": player.move_sequence + 1, "chat": player.chat_sequence + 1}
        if self._awaited > 0:
            self._awaited -= len(message.players)
            insist(self._awaited >= 0, "roster", "more players came than were announced")
            insist(self._awaited > 0 or self.player_id in self.present, "roster", "the receiver is not among the players")

    def _S_PlayersLeft(self, message):
        for player in message.player_ids:
            insist(self.present.pop(player, None) is not None, "present", f"player {player} left without having been there")

    def _S_MoveBatch(self, message):
        for move in message.moves:
            self._count(move, "move")

    def _S_Chat(self, message):
        self._count(message, "chat")

    def _count(self, update, kind):
        insist(update.player_id in self.present, "present", f"a {kind} of player {update.player_id}, who is not there")
        expected = self.present[update.player_id][kind]
        insist(update.sequence == expected, "order", f"{kind} {update.sequence} of player {update.player_id} came instead of {expected}")
        self.present[update.player_id][kind] += 1


def judge_of(page, sender):
    return ClientJudge(page) if sender == "client" else ServerJudge(page)


def decode(page, sender, data):
    """The packets that are in order, the rule that is broken (None: none is), and the judge as it is then."""
    decoder, judge = Decoder(page, sender), judge_of(page, sender)
    accepted = []
    try:
        for packet_id, body in decoder.feed(data):
            taken = judge.take(packet_id, body)
            accepted += [taken] if taken else []
    except Broken as broken:
        return accepted, broken.rule, judge
    return accepted, None, judge
