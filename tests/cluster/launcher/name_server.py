"""Asks a cluster's name server for an address, which proves runtime, pods, Services and names at once."""

import secrets
import socket
import struct

_TIMEOUT = 0.5
_RECURSIVE = 0x0100
_ADDRESS, _INTERNET = 1, 1


def resolves(name: str, address: str, *, server: str) -> bool:
    """Whether the server answers that this name has this IPv4 address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.settimeout(_TIMEOUT)
        try:
            channel.sendto(_query(name), (server, 53))
            return socket.inet_aton(address) in channel.recv(512)
        except OSError:
            return False


def _query(name: str) -> bytes:
    header = struct.pack(">6H", secrets.randbits(16), _RECURSIVE, 1, 0, 0, 0)
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split("."))
    return header + labels + b"\0" + struct.pack(">2H", _ADDRESS, _INTERNET)
