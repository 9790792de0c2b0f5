"""The SIP ports are tried before anything slow is loaded."""

from __future__ import annotations

import socket

import pytest

from telephony.sip import check_ports
from tests.conftest import free_port


def test_a_port_in_use_is_named_with_the_remedy() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with pytest.raises(OSError, match=rf"127\.0\.0\.1:{port}/UDP .*sip\.port"):
            check_ports("127.0.0.1", port)


def test_with_tls_the_port_after_is_wanted_too() -> None:
    port = free_port()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + 1))
        other.listen()
        check_ports("127.0.0.1", port)
        with pytest.raises(OSError, match=rf"127\.0\.0\.1:{port + 1}/TLS .*sip\.port"):
            check_ports("127.0.0.1", port, tls=True)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(OSError, match=r"192\.0\.2\.77.*sip\.address"):
        check_ports("192.0.2.77", 5060)
