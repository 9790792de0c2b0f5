"""Silence for strangers: the kernel drops what does not come from a declared network.

The stack has no list of peers: it answers whoever asks. Linux lets a program filter its own sockets
without any privilege (classic BPF, SO_ATTACH_FILTER), so a packet of a stranger is gone before the
stack can see it: no 401, no 486, no OPTIONS answer, no TCP handshake. Connections that a listening
socket accepts inherit its filter.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
from collections.abc import Collection, Iterator
from ipaddress import IPv4Network
from pathlib import Path

SO_ATTACH_FILTER = 26  # asm-generic/socket.h; the socket module does not name it
MOST_NETWORKS = 1000  # four instructions each; the kernel takes 4096
_LOAD_WORD, _AND, _JUMP_EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x06  # linux/filter.h
_SOURCE_ADDRESS = 0x100000000 - 0x100000 + 12  # SKF_NET_OFF, then saddr of the IPv4 header
_WHOLE_PACKET = 0xFFFFFFFF


def program(networks: Collection[IPv4Network]) -> bytes:
    """A filter that lets packets from these networks through, and no other."""
    if len(networks) > MOST_NETWORKS:
        raise ValueError(f"{len(networks)} networks are too many; declare at most {MOST_NETWORKS}")
    steps: list[tuple[int, int, int, int]] = []
    for network in networks:
        steps += [
            (_LOAD_WORD, 0, 0, _SOURCE_ADDRESS),
            (_AND, 0, 0, int(network.netmask)),
            (_JUMP_EQUAL, 0, 1, int(network.network_address)),
            (_RETURN, 0, 0, _WHOLE_PACKET),
        ]
    steps.append((_RETURN, 0, 0, 0))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def close_to_strangers(
    address: str, ports: Collection[int], networks: Collection[IPv4Network]
) -> int:
    """Filter this process's sockets on `address`:`ports`; returns how many there were.

    May be called again with other networks: the new filter takes the place of the old one.

    Raises:
        OSError: the kernel has no such filters (it is not Linux, or a sandbox forbids them).
    """
    code = ctypes.create_string_buffer(program(networks))
    steps = (len(code) - 1) // 8
    argument = struct.pack("HP", steps, ctypes.addressof(code))
    filtered = 0
    for one in _own_sockets(address, ports):
        one.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, argument)
        filtered += 1
    return filtered


def _own_sockets(address: str, ports: Collection[int]) -> Iterator[socket.socket]:
    """The process's open IPv4 sockets with this local address, each as a duplicate."""
    wanted = {(address, port) for port in ports}
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if not str(path.readlink()).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(path.name))) as one:
                if one.family is socket.AF_INET and one.getsockname() in wanted:
                    yield one
