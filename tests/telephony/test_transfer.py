"""Every moment at which one of three may hang up: caller and desk are ours, and so is the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from telephony.call import CallerGone, Handover, Pcm, TransferRefused
from telephony.targets import Target
from telephony.transfer import Mode, NotSupported, Transfer, TransferSettings

TARGET = Target("100")


async def spoken(text: str) -> Pcm:
    return np.full(len(text), 7, np.int16)


HANDOVER = Handover(
    service="le service état civil",
    announcement="Un appel pour vous. Mme Dupont, carte d'identité perdue.",
    keys="Tapez 1 ou 2.",
    farewell="L'appelant a raccroché.",
    speak=spoken,
)


class Side:
    """One party's call: it can be hung up."""

    def __init__(self) -> None:
        self._closed = asyncio.Event()

    def hang_up(self) -> None:
        self._closed.set()

    async def wait_closed(self) -> str:
        await self._closed.wait()
        return "ended"


class Desk(Side):
    """A desk that rings until the test says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.picked_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.keys: asyncio.Queue[str] = asyncio.Queue()
        self.told: list[int] = []
        self.telling = asyncio.Event()
        self.heard_out = asyncio.Event()  #: what is said to the desk is over
        self.left = 0
        self.farewell: Pcm | None = None
        self.rung_s = 0.0

    async def ring(self, ring_s: float) -> None:
        self.rung_s = ring_s
        await self.picked_up

    async def play(self, pcm: Pcm) -> None:
        self.told.append(len(pcm))
        self.telling.set()
        await self.heard_out.wait()

    async def key(self) -> str:
        return await self.keys.get()

    def leave(self, farewell: Pcm | None = None) -> None:
        self.left += 1
        self.farewell = farewell


@dataclass
class Caller(Side):
    """A caller whose network does what the test says."""

    desk: Desk
    refers: Callable[[], Awaitable[None]] | None = None
    replaces: Exception | None = None
    dialled: int = 0
    joined: list[Desk] = field(default_factory=list)
    replaced: list[Desk] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def dial(self, target: Target, handover: Handover) -> Desk:
        self.dialled += 1
        return self.desk

    async def refer(self, target: Target, timeout_s: float) -> None:
        if self.refers is not None:
            await self.refers()

    async def replace(self, desk: Desk, timeout_s: float) -> None:
        if self.replaces is not None:
            raise self.replaces
        self.replaced.append(desk)

    def join(self, desk: Desk) -> None:
        self.joined.append(desk)


class Scene:
    """A transfer under way."""

    def __init__(self, mode: Mode, **settings: object) -> None:
        self.desk = Desk()
        self.caller = Caller(self.desk)
        wanted = TransferSettings(mode=mode, decide_s=0.2, **settings)
        self.task = asyncio.create_task(
            Transfer(self.caller, wanted).run(TARGET, HANDOVER, ring_s=25.0)
        )

    async def answered(self) -> None:
        await asyncio.sleep(0)
        self.desk.picked_up.set_result(None)

    async def told(self) -> None:
        await self.answered()
        await self.desk.telling.wait()

    async def refused(self, match: str) -> None:
        with pytest.raises(TransferRefused, match=match) as error:
            await self.task
        assert not isinstance(error.value, CallerGone)
        assert not self.caller.joined
        assert not self.caller.replaced

    async def gone(self) -> None:
        with pytest.raises(CallerGone):
            await self.task
        assert not self.caller.joined


@pytest.mark.parametrize("mode", [Mode.ATTENDED, Mode.BRIDGE])
async def test_key_1_takes_the_call_even_while_the_summary_is_said(mode: Mode) -> None:
    scene = Scene(mode)
    await scene.told()
    scene.desk.keys.put_nowait("1")
    await scene.task
    assert scene.desk.told == [len(f"{HANDOVER.announcement} {HANDOVER.keys}")]
    joined = scene.caller.replaced if mode is Mode.ATTENDED else scene.caller.joined
    assert joined == [scene.desk]
    assert scene.desk.left == 0
    assert scene.desk.rung_s == 25.0


async def test_key_2_gives_the_caller_back() -> None:
    scene = Scene(Mode.ATTENDED)
    await scene.told()
    scene.desk.heard_out.set()
    scene.desk.keys.put_nowait("2")
    await scene.refused("declined")
    assert (scene.desk.left, scene.desk.farewell) == (1, None)


async def test_a_slip_of_the_finger_is_no_answer() -> None:
    scene = Scene(Mode.BRIDGE)
    await scene.told()
    for key in "71":
        scene.desk.keys.put_nowait(key)
    await scene.task
    assert scene.caller.joined == [scene.desk]


async def test_an_answering_machine_never_takes_a_call() -> None:
    """It presses no key: the summary is said twice, then the caller is back."""
    scene = Scene(Mode.ATTENDED)
    scene.desk.heard_out.set()
    await scene.told()
    await scene.refused("did not take")
    assert len(scene.desk.told) == 2
    assert scene.desk.left == 1


@pytest.mark.parametrize("announce", [True, False])
async def test_by_configuration_answering_is_taking(announce: bool) -> None:
    scene = Scene(Mode.BRIDGE, accept="answer", announce=announce)
    scene.desk.heard_out.set()
    await scene.answered()
    await scene.task
    assert scene.desk.told == ([len(HANDOVER.announcement)] if announce else [])
    assert scene.caller.joined == [scene.desk]


async def test_a_summary_that_cannot_be_rendered_does_not_stop_the_call() -> None:
    async def broken(text: str) -> Pcm:
        raise RuntimeError("no voice")

    desk = Desk()
    caller = Caller(desk)
    settings = TransferSettings(mode=Mode.BRIDGE, decide_s=5)
    handover = Handover(announcement="a", keys="k", farewell="f", speak=broken)
    task = asyncio.create_task(Transfer(caller, settings).run(TARGET, handover, ring_s=25))
    desk.picked_up.set_result(None)
    desk.keys.put_nowait("1")
    await task
    assert caller.joined == [desk]


# -- who hangs up when -----------------------------------------------------------------------


async def test_the_caller_hangs_up_while_the_desk_rings() -> None:
    """The desk's telephone stops ringing; nobody says goodbye to it."""
    scene = Scene(Mode.BRIDGE)
    await asyncio.sleep(0.01)
    scene.caller.hang_up()
    await scene.gone()
    assert (scene.desk.left, scene.desk.farewell) == (1, None)


async def test_the_caller_hangs_up_in_the_moment_that_the_desk_answers() -> None:
    scene = Scene(Mode.BRIDGE, accept="answer", announce=False)
    await asyncio.sleep(0.01)
    scene.desk.picked_up.set_result(None)
    scene.caller.hang_up()
    await scene.gone()
    assert scene.desk.left == 1


async def test_the_caller_hangs_up_while_the_desk_is_told() -> None:
    """The desk hears that the caller is gone."""
    scene = Scene(Mode.ATTENDED)
    await scene.told()
    await asyncio.sleep(0.01)
    scene.caller.hang_up()
    await scene.gone()
    assert scene.desk.left == 1
    assert scene.desk.farewell is not None
    assert len(scene.desk.farewell) == len(HANDOVER.farewell)


async def test_the_caller_hangs_up_in_the_moment_of_key_1() -> None:
    scene = Scene(Mode.BRIDGE)
    await scene.told()
    await asyncio.sleep(0.01)
    scene.desk.keys.put_nowait("1")
    scene.caller.hang_up()
    await scene.gone()
    assert scene.desk.left == 1


async def test_the_desk_hangs_up_while_it_is_told() -> None:
    scene = Scene(Mode.ATTENDED)
    await scene.told()
    scene.desk.hang_up()
    await scene.refused("hung up before")
    assert scene.desk.left == 1


async def test_the_desk_hangs_up_instead_of_pressing_a_key() -> None:
    scene = Scene(Mode.ATTENDED)
    scene.desk.heard_out.set()
    await scene.told()
    scene.desk.hang_up()
    await scene.refused("hung up before")


async def test_the_desk_answers_in_the_moment_that_its_ringing_ends() -> None:
    """Whichever comes first holds, and the other one is undone."""
    scene = Scene(Mode.BRIDGE, accept="answer", announce=False)
    await asyncio.sleep(0.01)
    scene.desk.picked_up.set_exception(TransferRefused("nobody answered within 25 s"))
    await scene.refused("within 25 s")
    assert scene.desk.left == 1


async def test_both_hang_up_at_once() -> None:
    scene = Scene(Mode.BRIDGE)
    await scene.told()
    scene.desk.hang_up()
    scene.caller.hang_up()
    with pytest.raises(TransferRefused):
        await scene.task
    assert scene.desk.left == 1
    assert not scene.caller.joined


async def test_the_session_ends_while_the_desk_is_told() -> None:
    """The server stops, or the session noticed the end first: the desk is not left waiting."""
    scene = Scene(Mode.BRIDGE)
    await scene.told()
    await asyncio.sleep(0.01)
    scene.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await scene.task
    assert scene.desk.left == 1
    assert scene.desk.farewell is not None


# -- what the network refuses ----------------------------------------------------------------


async def test_where_the_peer_does_not_connect_them_the_bot_does() -> None:
    scene = Scene(Mode.ATTENDED, accept="answer", announce=False)
    scene.caller.replaces = TransferRefused("405 Method Not Allowed")
    await scene.answered()
    await scene.task
    assert scene.caller.joined == [scene.desk]


async def test_a_caller_who_hangs_up_while_the_peer_connects_leaves_no_desk_behind() -> None:
    scene = Scene(Mode.ATTENDED, accept="answer", announce=False)
    scene.caller.replaces = CallerGone("the caller hung up")
    await scene.answered()
    await scene.gone()
    assert scene.desk.left == 1


def _raises(error: Exception) -> Callable[[], Awaitable[None]]:
    async def refer() -> None:
        raise error

    return refer


async def test_blind_calls_no_desk() -> None:
    scene = Scene(Mode.BLIND)
    await scene.task
    assert scene.caller.dialled == 0


async def test_blind_is_bridged_where_the_peer_knows_no_refer() -> None:
    """The desk is joined as soon as it answers, and told nothing."""
    scene = Scene(Mode.BLIND)
    scene.caller.refers = _raises(NotSupported("405 Method Not Allowed"))
    await scene.answered()
    await scene.task
    assert scene.caller.joined == [scene.desk]
    assert scene.desk.told == []


async def test_a_busy_desk_is_not_called_a_second_time() -> None:
    scene = Scene(Mode.BLIND)
    scene.caller.refers = _raises(TransferRefused("the desk is busy"))
    await scene.refused("busy")
    assert scene.caller.dialled == 0


async def test_without_bridges_a_refused_refer_gives_the_caller_back() -> None:
    scene = Scene(Mode.BLIND, bridges=False)
    scene.caller.refers = _raises(NotSupported("405 Method Not Allowed"))
    await scene.refused("405")
    assert scene.caller.dialled == 0
