"""The messages of the schema, as protoc has made them for Python."""

from ServerCore.Packet import PacketOptions_pb2

from Protocol.Schema import Session_pb2, Zone_pb2

FILES = (Session_pb2, Zone_pb2)
MESSAGES = {name: getattr(file, name) for file in FILES for name in file.DESCRIPTOR.message_types_by_name}
DISCONNECT_REASONS = Session_pb2.DisconnectReason
LOGIN_RESULTS = Session_pb2.LoginResult
RESUME_RESULTS = Session_pb2.ResumeResult
WHISPER_RESULTS = Zone_pb2.WhisperResult


def options_of(name):
    """What the schema says about the packet."""
    return MESSAGES[name].DESCRIPTOR.GetOptions().Extensions[PacketOptions_pb2.packet]
