"""Decodes a stream of either side by the page's tables, and names the rule that it breaks."""

import struct

from google.protobuf.message import DecodeError


class Broken(Exception):
    """A rule of the page is broken. What came before was in order."""

    def __init__(self, rule, why):
        super().__init__(f"{rule}: {why}")
        self.rule = rule


def insist(condition, rule, why):
    if not condition:
        raise Broken(rule, why)


class Decoder:
    """Cuts a stream into packets and parses their bodies. `messages`: name -> class."""

    def __init__(self, page, messages, sender):
        self._page = page
        self._messages = messages
        self._sender = sender
        self._limits = (page.smallest, page.largest) if sender == "server" else (page.smallest_of_client, page.largest_of_client)
        self.rest = b""

    def feed(self, data):
        """Yields (name, message)."""
        self.rest += data
        while len(self.rest) >= self._page.header_bytes:
            size, packet_id = struct.unpack_from(self._page.header_format, self.rest)
            insist(self._limits[0] <= size <= self._limits[1], "size", f"the size field is {size}")
            if len(self.rest) < size:
                return
            body, self.rest = self.rest[self._page.header_bytes:size], self.rest[size:]
            packet = self._page.by_id.get(packet_id)
            insist(packet is not None and packet.sender == self._sender, "id", f"a {self._sender} sends no 0x{packet_id:04X}")
            yield packet.name, self._parse(packet.name, body)

    def _parse(self, name, body):
        try:
            return self._messages[name].FromString(body)
        except DecodeError as error:
            raise Broken("body", f"this is no {name}: {error}") from error


class ClientJudge:
    """What the server insists on, as far as bytes can tell. Nobody else is online: no name is taken."""

    def __init__(self, page):
        self._page = page
        self.state = page.states[0]
        self._refused = 0
        self._sequences = {"C_Move": 0, "C_Chat": 0}

    def judge(self, name, message):
        insist(self.state in self._page.by_name[name].states, "state", f"{name} came in {self.state}")
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


class ServerJudge:
    """What the server promises, seen from one client that knows only what it receives."""

    def __init__(self, page):
        self._page = page
        self._greeted = False
        self._awaited = 0  # players of the roster that have yet to come
        self._possible = {page.states[0]}  # the states that the server may be in
        self.player_id = None
        self.present = {}  # player id -> the next sequences of its moves and chats

    def judge(self, name, message):
        insist(self._greeted or name in ("S_Hello", "S_DisconnectNotice"), "hello", f"{name} came first")
        states = self._page.by_name[name].states
        insist(states & self._possible, "state", f"{name} came in one of {sorted(self._possible)}")
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
