"""The committed streams: Corpus/Good and Corpus/Bad. A file names the sender, the packets that are in order, the rule that the next bytes
break (bad ones only) and the bytes themselves in hexadecimal. Where a client waits for a packet of the server, and where the connection
breaks and another one takes its place, it says so:

    from: client
    packets: C_Hello C_Login C_EnterZone C_Move
    rule: state
    06 00 01 00 08 02
    0D 00 02 00 0A 07 45 78 61 6D 70 6C 65
    06 00 03 00 08 01
    answer: S_ZoneEntered
    06 00 04 00 08 01  # comments go to the end of their line
    another connection
    04 00 03 00
"""

import dataclasses
import pathlib
import re

FOLDER = pathlib.Path(__file__).parent / "Corpus"


@dataclasses.dataclass(frozen=True)
class Answer:
    """The client goes on when this packet has come."""
    name: str
    message: object = None  # None: one that leads on


@dataclasses.dataclass(frozen=True)
class AnotherConnection:
    pass


@dataclasses.dataclass(frozen=True)
class Stream:
    name: str
    sender: str
    packets: list
    rule: str  # None: a good one
    steps: list  # bytes, Answer, AnotherConnection


def read_stream(path):
    fields = {"rule": None}
    steps = []
    digits = ""

    def end_bytes():
        nonlocal digits
        if digits:
            steps.append(bytes.fromhex(digits))
            digits = ""

    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        field = re.fullmatch(r"(from|packets|rule|answer):\s*(.*)", line)
        if line == "another connection":
            end_bytes()
            steps.append(AnotherConnection())
        elif field and field[1] == "answer":
            end_bytes()
            steps.append(Answer(field[2]))
        elif field:
            fields[field[1]] = field[2]
        else:
            digits += line
    end_bytes()
    if (fields["rule"] is None) == (path.parent.name == "Bad"):
        raise ValueError(f"{path}: a stream in Bad names the rule it breaks, and one in Good names none")
    return Stream(f"{path.parent.name}/{path.stem}", fields["from"], fields["packets"].split(), fields["rule"], steps)


def streams():
    return [read_stream(path) for path in sorted(FOLDER.glob("*/*.hex"))]
