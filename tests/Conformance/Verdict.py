"""What the page says about a whole conversation of one side."""

import dataclasses

from ClientJudge import ClientJudge
from Corpus import AnotherConnection
from Judge import Broken, Decoder
from ServerJudge import ServerJudge


@dataclasses.dataclass(frozen=True)
class Verdict:
    accepted: list  # (name, message) of the packets that are in order
    rule: str  # that is broken then; None: none is
    judge: object  # as it is then

    @property
    def names(self):
        return [name for name, _ in self.accepted]


def verdict_on(page, sender, steps):
    """The steps are those of a stream of the corpus."""
    judge = ClientJudge(page) if sender == "client" else ServerJudge(page)
    decoder = Decoder(page, sender)
    accepted = []
    try:
        for step in steps:
            if isinstance(step, AnotherConnection):
                decoder = Decoder(page, sender)
                judge.reconnect()
            elif isinstance(step, bytes):
                for packet_id, body in decoder.feed(step):
                    taken = judge.take(packet_id, body)
                    accepted += [taken] if taken else []
            else:
                judge.hear(step.name, step.message)
    except Broken as broken:
        return Verdict(accepted, broken.rule, judge)
    return Verdict(accepted, None, judge)
