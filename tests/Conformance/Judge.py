"""Decodes a stream of either side by the page's tables, and names the rule that it breaks. What one side alone insists on stands in
ClientJudge.py and ServerJudge.py."""

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
        self._judge(packet, message)
        return packet.name, message
