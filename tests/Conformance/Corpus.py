"""The committed streams: Corpus/Good and Corpus/Bad. A file names the sender, the packets that are in order, the rule that the next bytes break
(bad ones only) and the bytes themselves in hexadecimal:

    from: client
    packets: C_Hello
    rule: state
    06 00 01 00 08 01
    04 00 03 00        # comments go to the end of their line
"""

import dataclasses
import pathlib
import re

FOLDER = pathlib.Path(__file__).parent / "Corpus"


@dataclasses.dataclass(frozen=True)
class Stream:
    name: str
    sender: str
    packets: list
    rule: str  # None: a good one
    bytes: bytes


def read_stream(path):
    fields = {"rule": None}
    digits = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        field = re.fullmatch(r"(from|packets|rule):\s*(.*)", line)
        if field:
            fields[field[1]] = field[2]
        else:
            digits += line
    if (fields["rule"] is None) == (path.parent.name == "Bad"):
        raise ValueError(f"{path}: a stream in Bad names the rule it breaks, and one in Good names none")
    return Stream(f"{path.parent.name}/{path.stem}", fields["from"], fields["packets"].split(), fields["rule"], bytes.fromhex(digits))


def streams():
    return [read_stream(path) for path in sorted(FOLDER.glob("*/*.hex"))]
