"""What one player has been told of the world, and the promises that this has to keep."""

from Judge import insist

# What may come between S_ZoneEntered and those in sight: it is not of the zone.
NOT_OF_THE_ZONE = {"S_Pong", "S_DisconnectNotice", "S_Announcement", "S_Whisper", "S_WhisperResult"}


class Seen:
    """A player in sight."""

    def __init__(self, x, y, sequence, is_fresh, may_repeat):
        self.x = x
        self.y = y
        self.sequence = sequence
        self.is_fresh = is_fresh  # not out of date because of a connection that broke
        self.may_repeat = may_repeat  # its last move may come once more


class PlayerView:
    """Of a client that reads as fast as it is told, so that no S_Moved takes the place of another. Positions are compared when a tick is
    certainly over: until then somebody may have moved and not been told yet."""

    def __init__(self, player_id):
        self.player_id = player_id
        self.zone = 0
        self.kept = 0  # how many kept packets have come
        self.seen = {}
        self._cell_size = 1
        self._place = None  # where the receiver was said to be, while those in sight have yet to come
        self._awaited = 0  # at most as many come
        self._moved = set()  # in this tick
        self._number = 0  # of the last chat of the zone
        self._said = {}  # player id -> the sequence of its last chat
        self._whispered = {}
        self._answered = 0  # the sequence of the last whisper that was
        self._corrected = 0  # up to this sequence
        self._is_behind = False  # has resumed, and not yet heard of where everybody is
        self._has_resumed = False

    def take(self, packet, message):
        is_of_the_zone = packet.name not in NOT_OF_THE_ZONE
        insist(self._place is None or packet.name == "S_PlayersEntered" or not is_of_the_zone, "roster",
               f"{packet.name} came before those in sight")
        if is_of_the_zone and packet.name not in ("S_Moved", "S_ZoneEntered"):
            self._end_tick()
        check = getattr(self, f"_{packet.name}", None)
        if check is not None:
            check(message)
        self.kept += packet.is_kept

    def resume(self, result):
        insist(result.player_id == self.player_id, "resume", f"it is player {result.player_id}, not {self.player_id}")
        me = self.seen.get(self.player_id)
        confirmed = max(me.sequence if me else 0, self._corrected)
        insist(result.move_sequence >= confirmed, "resume", f"move {confirmed} was confirmed, the last is {result.move_sequence}")
        said = self._said.get(self.player_id, 0)
        insist(result.chat_sequence >= said, "resume", f"chat {said} was confirmed, the last is {result.chat_sequence}")
        insist(result.whisper_sequence >= self._answered, "resume", f"whisper {self._answered} was answered, not {result.whisper_sequence}")
        self._moved.clear()
        self._is_behind = self._has_resumed = True
        for player in self.seen.values():
            player.is_fresh = False
            player.may_repeat = True

    def _S_ZoneEntered(self, message):
        insist(message.player_count > 0, "roster", "not even the receiver is among the players")
        insist(message.cell_size > 0, "sight", "cells have no size")
        self.zone = message.zone_id
        self.seen.clear()
        self._moved.clear()
        self._place = (message.x, message.y)
        self._awaited = message.player_count
        self._cell_size = message.cell_size
        self._number = message.chat_number

    def _S_PlayersEntered(self, message):
        for player in message.players:
            insist(player.player_id not in self.seen, "present", f"player {player.player_id} has come into sight already")
            self.seen[player.player_id] = Seen(player.x, player.y, player.move_sequence, not self._is_behind, self._has_resumed)
        if self._place is not None:
            self._awaited -= len(message.players)
            insist(self._awaited >= 0, "roster", "more players came than there are in the zone")
            me = self.seen.get(self.player_id)
            if me:
                insist((me.x, me.y) == self._place, "roster", f"the receiver is at {(me.x, me.y)}, not at {self._place}")
                self._place = None
            insist(me or self._awaited > 0, "roster", "the receiver is not among the players")

    def _S_PlayersLeft(self, message):
        for player in message.player_ids:
            insist(self.seen.pop(player, None) is not None, "present", f"player {player} left without having been in sight")
        insist(self.player_id in self.seen, "present", "the receiver does not see itself")

    def _S_Chat(self, message):
        insist(message.number == self._number + 1, "chats", f"number {message.number} came after {self._number}")
        self._number = message.number
        last = self._said.get(message.player_id, 0)
        is_next = message.sequence == last + 1 if message.player_id == self.player_id else message.sequence > last
        insist(is_next, "chats", f"chat {message.sequence} of player {message.player_id} came after {last}")
        self._said[message.player_id] = message.sequence

    def _S_PositionCorrected(self, message):
        me = self.seen.get(self.player_id)
        insist(me is not None, "present", "the receiver is in no zone")
        last = max(me.sequence, self._corrected)
        insist(message.sequence > last, "moves", f"a correction of move {message.sequence} came after {last}")
        self._corrected = message.sequence
        me.x, me.y = message.x, message.y

    def _S_Moved(self, message):
        player = self.seen.get(message.player_id)
        insist(player is not None, "present", f"player {message.player_id} moved out of sight")
        if message.player_id in self._moved:
            self._end_tick()
        may_repeat = player.may_repeat and message.sequence == player.sequence
        insist(message.sequence > player.sequence or may_repeat, "moves",
               f"move {message.sequence} of player {message.player_id} came after {player.sequence}")
        player.x, player.y, player.sequence, player.is_fresh = message.x, message.y, message.sequence, True
        player.may_repeat = player.may_repeat and not may_repeat
        self._moved.add(message.player_id)
        self._is_behind = False

    def _S_Whisper(self, message):
        last = self._whispered.get(message.player_id, 0)
        insist(message.sequence > last, "whispers", f"whisper {message.sequence} of player {message.player_id} came after {last}")
        self._whispered[message.player_id] = message.sequence

    def _S_WhisperResult(self, message):
        self._answered += 1
        insist(message.sequence == self._answered, "whispers", f"the answer to {message.sequence} came instead of {self._answered}")

    def _end_tick(self):
        """All that has come was true at one time: now the receiver has to see those who are in its sight."""
        if not self._moved:
            return
        self._moved.clear()
        me = self.seen[self.player_id]
        for player_id, player in self.seen.items():
            if me.is_fresh and player.is_fresh:
                insist(self._near(me.x, player.x) and self._near(me.y, player.y), "sight",
                       f"player {player_id} at {(player.x, player.y)} is out of the sight of {(me.x, me.y)}")

    def _near(self, one, other):
        return abs(one // self._cell_size - other // self._cell_size) <= 1
