"""The edge under Debian's Kamailio: who is heard, who answers, and what full and dead mean."""

from __future__ import annotations

import re
import time

import pytest

from tests.edge.conftest import DOUBTED, IPBX, STRANGER, Node, Start
from tests.hostile.sip_peer import SipPeer

pytestmark = [pytest.mark.interop, pytest.mark.timeout(120)]
RTP = 40002


def test_a_call_goes_through_and_ends(start_edge: Start, nodes: list[Node]) -> None:
    """1. INVITE reaches a node. 2. ACK and BYE follow the recorded route to the same node."""
    edge = start_edge()
    with SipPeer(edge.target, IPBX) as ipbx:
        reply = ipbx.invite(RTP)
        assert reply is not None
        dialog = ipbx.accept(reply)
        assert any(f"{edge.target[0]}:{edge.target[1]}" in one for one in dialog.route)
        ended = ipbx.bye(dialog)
    assert ended is not None
    assert ended.status == 200
    (busy,) = [node for node in nodes if node.count("INVITE")]
    edge.wait(lambda: busy.count("ACK") == 1, "the node never saw the ACK")
    assert busy.count("BYE") == 1


def test_calls_are_spread_over_the_nodes(start_edge: Start, nodes: list[Node]) -> None:
    edge = start_edge()
    with SipPeer(edge.target, IPBX) as ipbx:
        for _ in range(6):
            reply = ipbx.invite(RTP)
            assert reply is not None
            ipbx.bye(ipbx.accept(reply))
    assert [node.count("INVITE") for node in nodes] == [3, 3]


def test_strangers_and_scanners_hear_nothing(start_edge: Start, nodes: list[Node]) -> None:
    edge = start_edge()
    with SipPeer(edge.target, STRANGER) as stranger:
        for method in ("INVITE", "OPTIONS", "REGISTER", "BYE"):
            stranger.send(stranger.request(method))
        stranger.send(b"\x00\xff rubbish \r\n\r\n")
        assert list(stranger.replies(1.5)) == []
    with SipPeer(edge.target, IPBX) as scanner:
        for agent in ("friendly-scanner", "SIPVicious 0.3", "sipcli/v1.8"):
            scanner.send(scanner.request("OPTIONS", headers=f"User-Agent: {agent}\r\n"))
        assert list(scanner.replies(1.5)) == []
    assert edge.healthy()
    assert sum(node.count("INVITE") for node in nodes) == 0
    said = re.findall(r"dropped (\d+) requests", edge.log)
    assert said[:1] == ["1"], edge.log
    assert len(said) <= 2, "a line of log a minute, not one a packet"


def test_nobody_registers(start_edge: Start) -> None:
    edge = start_edge()
    with SipPeer(edge.target, IPBX) as ipbx:
        reply = ipbx.ask("REGISTER")
    assert reply is not None
    assert reply.status == 405


def test_a_full_node_is_passed_over(start_edge: Start, nodes: list[Node]) -> None:
    nodes[0].mood = "486 Busy Here"
    edge = start_edge()
    with SipPeer(edge.target, IPBX) as ipbx:
        statuses = [(reply := ipbx.invite(RTP)) and reply.status for _ in range(4)]
    assert statuses == [200] * 4


def test_full_everywhere_is_503_with_retry_after(start_edge: Start, nodes: list[Node]) -> None:
    for node in nodes:
        node.mood = "486 Busy Here"
    edge = start_edge(retry_after_s=7)
    with SipPeer(edge.target, IPBX) as ipbx:
        reply = ipbx.invite(RTP)
    assert reply is not None
    assert (reply.status, reply.header("Retry-After")) == (503, "7")
    assert [node.count("INVITE") for node in nodes] == [1, 1]


def test_a_dead_node_is_taken_out_and_comes_back(start_edge: Start, nodes: list[Node]) -> None:
    """1. One node dies: calls still end well, at worst after its 2 s. 2. Once it is out no INVITE
    is tried there. 3. Both dead: OPTIONS and INVITE get 503. 4. They come back."""
    edge = start_edge()
    nodes[0].mood = "dead"
    with SipPeer(edge.target, IPBX) as ipbx:
        statuses = [(reply := ipbx.invite(RTP)) and reply.status for _ in range(2)]
        assert statuses == [200, 200]
        edge.wait(lambda: f"sip:{nodes[0].name} is out" in edge.log, "the dead node is still in")
        tried = nodes[0].count("INVITE")
        statuses = [(reply := ipbx.invite(RTP)) and reply.status for _ in range(4)]
        assert statuses == [200] * 4
        assert nodes[0].count("INVITE") == tried

        nodes[1].mood = "dead"
        edge.wait(lambda: not edge.healthy(), "the edge still says that it is well")
        options, invite = ipbx.ask("OPTIONS"), ipbx.invite(RTP)
        assert options is not None
        assert options.status == 503
        assert invite is not None
        assert invite.status == 503
        assert options.header("Retry-After") == invite.header("Retry-After") == "10"

        for node in nodes:
            node.mood = "200 OK"
        edge.wait(edge.healthy, "the nodes came back and the edge does not see it")
        reply = ipbx.invite(RTP)
        assert reply is not None
        assert reply.status == 200


def test_too_many_calls_a_second_get_503(start_edge: Start, nodes: list[Node]) -> None:
    edge = start_edge(invites_per_second=5)
    time.sleep(1 - time.time() % 1)  # the limit counts whole seconds of the clock
    with SipPeer(edge.target, IPBX) as ipbx:
        for _ in range(40):
            ipbx.send(ipbx.request("INVITE"))
        statuses = [one.status for one in ipbx.replies(3) if one.status >= 200]
    assert 503 in statuses
    assert 5 <= sum(node.count("INVITE") for node in nodes) <= 10


def test_a_flood_of_requests_is_dropped_and_passes(start_edge: Start) -> None:
    edge = start_edge(requests_per_second=20)
    with SipPeer(edge.target, IPBX) as ipbx:
        for _ in range(400):
            ipbx.send(ipbx.request("OPTIONS"))
        answered = sum(one.status == 200 for one in ipbx.replies(2))
    assert answered < 200, "most of the flood was answered"
    edge.wait(edge.healthy, "the edge never answers this peer again", timeout_s=30)


def test_a_doubted_peer_cannot_assert_an_identity(start_edge: Start, nodes: list[Node]) -> None:
    edge = start_edge()
    claim = "P-Asserted-Identity: <sip:+33639980002@op.invalid>\r\n"
    for address in (IPBX, DOUBTED):
        with SipPeer(edge.target, address) as peer:
            assert peer.invite(RTP, headers=claim) is not None
    invites = [one for node in nodes for one in node.requests if one.method == "INVITE"]
    claims = {
        one.header("Contact").partition("@")[2].partition(":")[0]: one.header("P-Asserted-Identity")
        for one in invites
    }
    assert claims[IPBX].startswith("<sip:+33639980002")
    assert claims[DOUBTED] == ""


def test_it_is_no_open_relay(start_edge: Start, nodes: list[Node]) -> None:
    """1. A request with a Route and a foreign target goes nowhere. 2. A node calls a declared
    peer's desk, and nobody else."""
    edge = start_edge()
    with SipPeer(edge.target, STRANGER) as victim, SipPeer(edge.target, IPBX) as ipbx:
        elsewhere = f"sip:x@{STRANGER}:{victim.port}"
        route = f"Route: <sip:{edge.target[0]}:{edge.target[1]};lr>\r\n"
        ipbx.send(ipbx.request("BYE", uri=elsewhere, headers=route, to=f"<{elsewhere}>;tag=x"))
        refused = ipbx.final(3, "BYE")
        assert refused is not None
        assert refused.status == 403
        with SipPeer(edge.target, nodes[0].address) as node:
            node.send(node.request("INVITE", uri=elsewhere))
            assert (no := node.final(3)) is not None
            assert no.status == 403
            node.send(node.request("INVITE", uri=f"sip:100@{IPBX}:{ipbx.port}"))
            asked = next((one for one in ipbx.replies(3) if one.method == "INVITE"), None)
        assert asked is not None
        assert list(victim.replies(0.5)) == []
