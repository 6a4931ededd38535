"""Protocol/STANDARD.md as data: what its tables say, and nothing that they do not say."""

import dataclasses
import pathlib
import re
import struct

STRUCT_CODES = {"uint16, little-endian": "H"}  # a type of the header's table -> its letter in struct
WORDS = {"second": 2, "third": 3, "fourth": 4}


@dataclasses.dataclass(frozen=True)
class Packet:
    id: int
    name: str
    sender: str  # "client" or "server"
    states: frozenset
    max_bytes: int
    is_kept: bool


@dataclasses.dataclass(frozen=True)
class Rule:
    name: str
    text: str
    ending: str  # as on the page; empty for a promise of the server

    def numbers(self):
        return [int(number) for number in re.findall(r"-?\d+", self.text)]

    @property
    def is_offence(self):
        return self.ending.startswith("offence: ")

    def ending_for(self, logged_in):
        """As a client sees it: "reset", "notice REASON", or "" for a mere FIN."""
        if not self.is_offence:
            return self.ending
        return self.ending.replace("offence: ", "notice ") if logged_in else ""


@dataclasses.dataclass(frozen=True)
class Example:
    sender: str
    bytes: bytes
    packet: str
    text: str  # the body in protobuf's text format


class Page:
    def __init__(self, root):
        text = (pathlib.Path(root) / "Protocol/STANDARD.md").read_text(encoding="utf-8")
        self.version = int(found(r"^# Wire format, protocol version (\d+)$", text)[1])
        self._read_states(text)
        header = table(text, "Offset")
        self.header_format = "<" + "".join(struct_code(row[1]) for row in header[:-1])
        self.header_bytes = struct.calcsize(self.header_format)
        self.smallest, self.largest = (int(number) for number in found(r": (\d+) to (\d+)$", header[0][2]).groups())
        if int(header[-1][0]) != self.header_bytes:
            raise ValueError(f"the body begins at {header[-1][0]}, but the fields before it take {self.header_bytes} bytes")
        self.packets = [self._packet_of(row) for row in table(text, "Id")]
        self.offences_borne = int(WORDS[found(r"and the (\w+) within a minute ends", text)[1]]) - 1
        self.by_id = {packet.id: packet for packet in self.packets}
        self.by_name = {packet.name: packet for packet in self.packets}
        insisted, promised = tables(text, "Rule")
        self.rules = {row[0].strip("`"): Rule(row[0].strip("`"), row[2], row[3]) for row in insisted}
        self.promises = {row[0].strip("`"): Rule(row[0].strip("`"), row[2], "") for row in promised}
        self.smallest_of_client, self.largest_of_client = self.rules["size"].numbers()[:2]
        self.name_characters = [int(number) for number in found(r"A name has (\d+) to (\d+) printable characters", text).groups()]
        ranges = found(r"Not printable are\s+U\+([^.]*)\.", text)[1]
        self.not_printable = [tuple(int(end, 16) for end in part.split("-")) for part in ranges.split(", ")]
        # One list for each connection.
        self.examples = [[self._example_of(row) for row in rows] for rows in tables(text, "From")]
        self.zone_count = int(found(r"S_LoginResult `.*\bzone_count: (\d+)", text)[1])
        self.kept_bytes = int(found(r"It keeps (\d+) KiB;", text)[1]) * 1024
        self.byte_by_byte = bytes.fromhex(found(r"^C_Move byte by byte.*\n\n    ([0-9A-F ]+)$", text)[1])

    def _read_states(self, text):
        self.states = []
        self.leads_to = {}  # (state, the packet on an arrow) -> the state it leads to
        for line in found(r"((?:^    \w+(?:, \w+)*(?: --\w+--> \w+)+\n)+)", text)[1].splitlines():
            first, *arrows = re.split(r" --(\w+)--> ", line.strip())
            sources = first.split(", ")
            for name, target in zip(arrows[::2], arrows[1::2]):
                self.leads_to.update({(source, name): target for source in sources})
                self.states += [state for state in (*sources, target) if state not in self.states]
                sources = [target]

    def way_to(self, target):
        """The packets that lead a client that logs in from the first state to another."""
        ways = [(self.states[0], [])]
        for state, way in ways:
            if state == target:
                return way
            ways += [(after, [*way, name]) for (before, name), after in self.leads_to.items()
                     if before == state and name != "C_Resume" and name not in way]
        raise ValueError(f"Protocol/STANDARD.md has no arrows that lead to {target}")

    def reachable(self, state):
        """Where a client that has been in this state may be, as far as it alone decides."""
        states = [state]
        for before in states:
            states += [after for (source, name), after in self.leads_to.items()
                       if source == before and self.by_name[name].sender == "client" and after not in states]
        return frozenset(states)

    def _states_of(self, cell):
        states = cell.split(", ")
        unknown = [state for state in states if state not in self.states]
        if unknown:
            raise ValueError(f"the packet table names states that no arrow leads to: {unknown}")
        return frozenset(states)

    def _packet_of(self, row):
        if row[5] not in ("yes", ""):
            raise ValueError(f"the packet table says '{row[5]}' in the column Kept of {row[1]}; it knows 'yes' and nothing")
        return Packet(int(row[0], 16), row[1], row[2], self._states_of(row[3]), int(row[4]), row[5] == "yes")

    @staticmethod
    def _example_of(row):
        name, _, text = row[2].partition(" ")
        return Example(row[0], bytes.fromhex(row[1].strip("`")), name, text.strip("`"))

    def frame(self, name, body):
        """A whole packet."""
        return struct.pack(self.header_format, self.header_bytes + len(body), self.by_name[name].id) + body

    def is_printable(self, character):
        return not any(first <= ord(character) <= last for first, last in self.not_printable)


def struct_code(kind):
    if kind not in STRUCT_CODES:
        raise ValueError(f"Protocol/STANDARD.md has a header field of type '{kind}'; Standard.py knows {list(STRUCT_CODES)}")
    return STRUCT_CODES[kind]


def found(pattern, text):
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise ValueError(f"Protocol/STANDARD.md has nothing that reads like {pattern!r}; say it so, or change tests/Conformance/Standard.py")
    return match


def tables(text, first_heading):
    """The rows, as lists of cells, of every table whose first column has this heading."""
    result = []
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
        if rows[0][0] == first_heading:
            result.append(rows[2:])
    return result


def table(text, first_heading):
    matching = tables(text, first_heading)
    if len(matching) != 1:
        raise ValueError(f"Protocol/STANDARD.md has {len(matching)} tables that begin with '{first_heading}'; it should have one")
    return matching[0]
