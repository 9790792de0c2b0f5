"""Trunks and accounts: when to try again, what a change is, what OPTIONS says, who gets in."""

from __future__ import annotations

import asyncio
import socket
import sys
from ipaddress import IPv4Address, IPv4Network

import pytest
from baresip import Event
from baresip.errors import RegistrationError
from baresip.events import StackEvent

from telephony import accounts
from telephony.accounts import Account, Registration, resolve, retry_after
from telephony.door import MOST_NETWORKS, close_to_strangers, program
from telephony.keepalive import NotAlive, Target, ask, is_final, options
from telephony.sip_message import Message
from telephony.status import Connection, Status

TARGET = Target("ipbx", "192.0.2.5", 5060, "udp", 30)


# -- accounts --------------------------------------------------------------------------------


def test_attempts_come_slower_and_slower() -> None:
    assert [retry_after(n, None) for n in range(1, 8)] == [5, 10, 20, 40, 80, 120, 120]
    assert retry_after(1000, None) == 120


@pytest.mark.parametrize("status", [401, 403, 407])
def test_a_refused_password_is_not_tried_quickly(status: int) -> None:
    assert retry_after(1, status) == 60
    assert retry_after(6, status) == 120
    assert retry_after(1, 503) == 5


def test_a_building_does_not_return_at_once() -> None:
    assert retry_after(1, None, jitter=-1) == 4
    assert retry_after(1, None, jitter=1) == 6


def test_the_password_is_in_no_repr() -> None:
    account = Account("poste", "500", "192.0.2.5", "secret")
    assert "secret" not in repr(account)
    assert "secret" not in repr(account.for_stack())
    assert "secret" in account.for_stack().aor()


def test_what_the_stack_is_told_of_an_account() -> None:
    account = Account(
        "poste", "500", "sip.example:5061", "s", "u1", "sbc.example", "tls", "required", ("pcmu",)
    )
    aor = account.for_stack().aor()
    assert aor.startswith("<sip:500@sip.example:5061;transport=tls>")
    for part in (
        "auth_user=u1",
        "regint=300",
        "audio_codecs=pcmu",
        'outbound="sip:sbc.example:5061;transport=tls"',
        "mediaenc=srtp-mand",
        "video_codecs=none",
    ):
        assert part in aor
    assert account.hosts == ("sip.example", "sbc.example")


@pytest.mark.parametrize(
    ("account", "way"),
    [
        (Account("a", "1", "sip.example"), 'outbound="sip:sip.example:5060;transport=udp"'),
        (Account("a", "1", "x.example", proxy="y:5080"), 'outbound="sip:y:5080;transport=udp"'),
    ],
)
def test_nobody_asks_for_srv_records(account: Account, way: str) -> None:
    assert way in account.for_stack().aor()


def test_a_registrar_with_a_port_needs_no_other_way() -> None:
    assert "outbound" not in Account("a", "1", "192.0.2.5:5070").for_stack().aor()


async def test_machines_are_found_by_name_and_unknown_ones_are_none() -> None:
    assert await resolve(Account("a", "1", "127.0.0.1:5070")) == (IPv4Address("127.0.0.1"),)
    assert await resolve(Account("a", "1", "nobody.invalid")) == ()


class Agent:
    """A stack's agent whose registrar answers as written."""

    def __init__(self, *answers: RegistrationError | None) -> None:
        self.answers = list(answers)
        self.listeners: list[object] = []
        self.attempts = 0

    async def register(self) -> None:
        self.attempts += 1
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            self.tell(Event.REGISTER_FAIL, f"{answer.status} {answer.reason}")
            raise answer
        self.tell(Event.REGISTER_OK, "200 OK")

    async def unregister(self) -> None:
        self.answers = []

    def on(self, listener) -> None:  # type: ignore[no-untyped-def]
        self.listeners.append(listener)

    def tell(self, event: Event, text: str) -> None:
        for listener in self.listeners:
            listener(StackEvent(event, text=text))  # type: ignore[operator]


async def test_a_refresh_that_fails_is_down_and_tried_again(monkeypatch) -> None:
    """1. Registered. 2. Long after, a refresh fails: down, with the reason. 3. Tried again: up.
    Every attempt is preceded by a look at the registrar's address."""
    monkeypatch.setattr(accounts, "FIRST_RETRY_S", 0.01)
    told: list[Connection] = []
    changes: asyncio.Queue[bool | None] = asyncio.Queue()
    looked: list[int] = []

    def note(one: Connection) -> None:
        told.append(one)
        changes.put_nowait(one.up)

    status = Status(note)
    status.watch("poste", "account")
    agent = Agent()

    async def look() -> None:
        looked.append(1)

    registration = Registration("poste", agent, status, look)
    registration.start()
    assert await changes.get() is True
    agent.tell(Event.REGISTER_FAIL, "503 Maintenance")
    assert await changes.get() is False
    assert await changes.get() is True
    await registration.stop()
    assert [(one.up, one.detail) for one in told] == [
        (True, ""),
        (False, "503 Maintenance"),
        (True, ""),
    ]
    assert len(looked) == agent.attempts == 2


# -- status ----------------------------------------------------------------------------------


def test_only_changes_are_events() -> None:
    told: list[Connection] = []
    status = Status(told.append)
    status.watch("ipbx", "trunk")
    assert status.all[0].up is None
    assert status.trouble == ""
    for up in (True, True, False, False, True):
        status.report("ipbx", up=up, detail="no answer")
    assert [(one.up, one.detail) for one in told] == [(True, ""), (False, "no answer"), (True, "")]


def test_trouble_names_what_is_down() -> None:
    status = Status()
    for name in ("ipbx", "backup"):
        status.watch(name, "trunk")
    status.report("ipbx", up=True)
    status.report("backup", up=False, detail="it answers 503 Busy")
    assert status.trouble == "trunk backup is down: it answers 503 Busy"


# -- OPTIONS ---------------------------------------------------------------------------------


def test_our_options_is_a_whole_request() -> None:
    message = Message.parse(options(TARGET, ("192.0.2.9", 40000), "abcdefgh1").decode())
    assert message.method == "OPTIONS"
    assert message.uri == "sip:192.0.2.5:5060;transport=udp"
    assert message.value("via") == "SIP/2.0/UDP 192.0.2.9:40000;branch=z9hG4bKabcdefgh1;rport"
    for name in ("max-forwards", "from", "to", "call-id", "cseq", "contact", "content-length"):
        assert message.value(name)


@pytest.mark.parametrize(
    ("start", "status"),
    [
        ("SIP/2.0 200 OK", 200),
        ("SIP/2.0 486 Busy Here", 486),
        ("SIP/2.0 100 Trying", 0),
        ("OPTIONS sip:x SIP/2.0", 0),
        ("nonsense", 0),
    ],
)
def test_any_final_response_is_an_answer(start: str, status: int) -> None:
    assert is_final(f"{start}\r\nVia: x;branch=z9hG4bKtoken\r\n\r\n".encode(), "token") == status


def test_an_answer_to_another_request_is_none() -> None:
    assert is_final(b"SIP/2.0 200 OK\r\nVia: x;branch=z9hG4bKother\r\n\r\n", "token") == 0


def test_a_failing_peer_does_not_live() -> None:
    with pytest.raises(NotAlive, match="it answers 503 Full"):
        is_final(b"SIP/2.0 503 Full\r\nVia: x;branch=z9hG4bKtoken\r\n\r\n", "token")


async def test_a_silent_peer_is_asked_several_times() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.setblocking(False)
        target = Target("ipbx", "127.0.0.1", silent.getsockname()[1], "udp", 30)
        with pytest.raises(NotAlive, match=r"no answer to OPTIONS within 0\.8 s"):
            await ask(target, "127.0.0.1", answer_s=0.8)
        first, second = silent.recv(4096), silent.recv(4096)
        assert first == second


# -- the door --------------------------------------------------------------------------------


def test_too_many_networks_are_refused_before_the_kernel_does() -> None:
    networks = [IPv4Network(number) for number in range(MOST_NETWORKS + 1)]
    with pytest.raises(ValueError, match="declare at most"):
        program(networks)
    assert len(program(networks[:MOST_NETWORKS])) // 8 <= 4096


@pytest.mark.skipif(sys.platform != "linux", reason="socket filters are Linux's")
def test_the_door_lets_in_whom_it_names_and_can_be_opened_wider() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", 0))
        ours.settimeout(0.3)
        port = ours.getsockname()[1]

        def heard(source: str) -> bool:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.bind((source, 0))
                other.sendto(b"x", ("127.0.0.1", port))
            try:
                return ours.recv(10) == b"x"
            except TimeoutError:
                return False

        assert heard("127.0.0.2")
        assert close_to_strangers("127.0.0.1", [port], [IPv4Network("127.0.0.4/30")]) == 1
        assert not heard("127.0.0.2")
        assert heard("127.0.0.5")
        close_to_strangers(
            "127.0.0.1", [port], [IPv4Network("127.0.0.2"), IPv4Network("127.0.0.9")]
        )
        assert heard("127.0.0.2")
        assert not heard("127.0.0.5")
        close_to_strangers("127.0.0.1", [port], [])
        assert not heard("127.0.0.2")


def test_other_sockets_are_left_alone() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.bind(("127.0.0.1", 0))
        assert close_to_strangers("127.0.0.2", [ours.getsockname()[1]], []) == 0
        assert close_to_strangers("127.0.0.1", [1], []) == 0
