"""What the sources say about the wire. One small function for each fact and where it stands."""

import pathlib
import re


def read(root, path):
    return (pathlib.Path(root) / path).read_text(encoding="utf-8")


def number(root, path, pattern):
    match = re.search(pattern, read(root, path))
    if match is None:
        raise ValueError(f"{path} has nothing that reads like {pattern!r}; change tests/Conformance/Code.py")
    return int(match[1].replace("'", ""))


def protocol_version(root):
    return number(root, "Protocol/Version.h", r"kProtocolVersion = (\d+);")


def header_bytes(root):
    return number(root, "ServerCore/Net/PacketHeader.h", r"kPacketHeaderBytes = (\d+);")


def largest_packet(root):
    return number(root, "ServerCore/Net/PacketHeader.h", r"kMaxPacketBytes = ([\d']+);")


def longest_name(root):
    return number(root, "Protocol/TextRules.h", r"kMaxNameCharacters = (\d+);")


def longest_chat(root):
    return number(root, "Protocol/TextRules.h", r"kMaxChatBytes = (\d+);")


def not_printable(root):
    """First and last character of each range."""
    ranges = re.findall(r"^ +\{0x([0-9A-F]+), 0x([0-9A-F]+)\},", read(root, "Protocol/TextRules.cpp"), re.M)
    return [(int(first, 16), int(last, 16)) for first, last in ranges]


def zone_extent(root):
    return number(root, "Protocol/ZoneRules.h", r"kZoneExtent = ([\d']+);")


def kept_packets(root):
    """Their names."""
    return set(re.findall(r"case PacketId::(\w+):", read(root, "Protocol/KeptPackets.h")))


def session_seconds(root, name):
    """A default of SessionLimits."""
    return number(root, "ServerCore/Net/SessionLimits.h", rf"\b{name}\{{(\d+)\}}") / 1000


def seconds_over_budget(root):
    return number(root, "ServerCore/Net/PacketLimits.h", r"\bcloseAfter\{(\d+)\}") / 1000
