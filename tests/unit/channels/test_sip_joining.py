"""Which two calls an exchange is asked to join, and what becomes of them when it refuses."""

import pytest

from bot.channels.sip_address import host_of

pytest.importorskip("baresip", reason="calls by SIP need the extra `sip`")
import baresip

from bot.channels.sip_joining import join

VIA = "SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bK1"


class Leg:
    """A call as the library has it."""

    handle = 7

    def __init__(self, peer="sip:ann@192.0.2.5", via=VIA, refusal=None, state=baresip.CallState.ESTABLISHED):
        self.peer, self.headers, self.state = peer, {"Via": via}, state
        self.asked, self._refusal = 0, refusal

    async def _execute_transfer(self, args, **how):
        self.asked += 1
        if self._refusal:
            raise self._refusal


async def test_two_calls_of_one_exchange_are_joined_there():
    caller = Leg()
    assert await join(caller, Leg("sip:201@192.0.2.5:5070"))
    assert caller.asked == 1


async def test_the_name_of_the_exchange_is_looked_up():
    assert await join(Leg(via="SIP/2.0/UDP 127.0.0.1:5060"), Leg("sip:201@localhost"))


@pytest.mark.parametrize(
    "peer", ["sip:201@192.0.2.6", "sip:201@[2001:db8::1]:5060", "sip:201@no-such-host.invalid", "", None]
)
async def test_another_exchange_is_not_asked(peer):
    caller = Leg()
    assert not await join(caller, Leg(peer))
    assert caller.asked == 0


async def test_who_came_from_nowhere_we_know_is_at_no_exchange():
    caller = Leg(via="")
    assert not await join(caller, Leg())
    assert caller.asked == 0


async def test_nobody_is_joined_with_who_has_hung_up():
    caller, gone = Leg(), Leg(state=baresip.CallState.CLOSED)
    assert not await join(caller, gone)
    assert not await join(gone, caller)
    assert caller.asked == gone.asked == 0


@pytest.mark.parametrize(
    "refusal",
    [
        baresip.TransferFailed("603 Decline", status=603, reason="Decline"),
        baresip.TransferFailed("peer does not support the Replaces header"),
        baresip.StaleHandleError("call no longer exists"),
    ],
)
async def test_refused_both_go_on(refusal):
    assert not await join(Leg(refusal=refusal), Leg())


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("sip:ann@192.0.2.5:5060;transport=tcp", "192.0.2.5"),
        ("<sips:192.0.2.5>", "192.0.2.5"),
        ("sip:ann@[2001:db8::1]:5060", "[2001:db8::1]"),
        ("sip:ann@pbx.example.com", "pbx.example.com"),
        ("ann", ""),
        (None, ""),
    ],
)
def test_the_host_is_read_out_of_an_address(address, host):
    assert host_of(address) == host
