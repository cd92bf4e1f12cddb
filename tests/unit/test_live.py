"""Calls that the bot is in: seen, heard and taken over while they run."""

from __future__ import annotations

from bot.call import Call
from bot.events import HangUp, Say, TakenOver, Transfer
from bot.live import LiveCalls
from bot.report import CallReport, Turn, later_turns
from bot.run import Engines, run_call
from bot.taps import TappedChannel, Taps
from tests.fakes import NOW, EchoVoice, ScriptedChannel, ScriptedConversation, ScriptedEar, is_loud


class Heard:
    def __init__(self):
        self.chunks = []

    def heard(self, who, pcm):
        self.chunks.append((who, pcm))


def test_the_call_that_goes_worst_stands_first():
    live = LiveCalls()
    good, bad, new = (CallReport(name, "browser", NOW, caller="+15550100") for name in ("good", "bad", "new"))
    bad.turns.append(Turn("caller", "mumble", 0, 900, confidence=0.3, intent="book"))
    with (
        live.going_on(good, lambda: 0.9),
        live.going_on(new, lambda: None),
        live.going_on(bad, lambda: 0.3),
    ):
        assert [call["id"] for call in live.describe()] == ["bad", "good", "new"]
        assert live.describe()[0]["intent"] == "book"
        assert [line["text"] for line in live.lines("bad")] == ["mumble"]
    assert live.describe() == []
    assert live.lines("bad") is None


def test_a_call_is_taken_over_only_while_it_runs():
    live, posted = LiveCalls(), []
    assert not live.take_over("c1", "a supervisor took over")
    with live.going_on(CallReport("c1", "browser", NOW), lambda: None) as reachable:
        assert not live.take_over("c1", "too early")
        reachable(posted.append)
        assert live.take_over("c1", "a supervisor took over")
    assert posted == [TakenOver("a supervisor took over")]


def test_a_tap_hears_its_call_until_it_is_closed():
    taps, one, other = Taps(), Heard(), Heard()
    taps.open("c1", one)
    taps.open("c2", other)
    taps.heard("c1", "caller", b"aa")
    taps.close("c1", one)
    taps.close("c1", one)
    taps.heard("c1", "bot", b"bb")
    assert one.chunks == [("caller", b"aa")]
    assert other.chunks == []


async def test_a_supervisor_takes_over_in_mid_sentence_and_both_sides_were_tapped():
    channel, tap, taps = ScriptedChannel(), Heard(), Taps()
    conversation = ScriptedConversation([Say("How can I help?")])
    taking_over = [Say("A colleague joins us.", interruptible=False), Transfer("reception", "x", "T9")]
    posts, reasons = [], []

    def hand_over(reason, now):
        reasons.append(reason)
        return taking_over

    conversation.hand_over = hand_over

    def observe(item):
        channel.observe(item)
        if isinstance(item, Say) and item.text.startswith("How"):
            posts[0](TakenOver("a supervisor took over"))

    taps.open("c1", tap)
    tapped = TappedChannel(channel, lambda who, pcm: taps.heard("c1", who, pcm))
    engines = Engines(ScriptedEar(), EchoVoice(), conversation, clock=lambda: NOW)
    await run_call(tapped, engines, Call(is_loud, lambda text, expect: True), observe, posts.append)
    assert reasons == ["a supervisor took over"]
    assert channel.log[-1] == "transfer to reception with T9"
    assert {who for who, _ in tap.chunks} == {"caller", "bot"}


def test_a_call_that_is_ending_anyway_is_left_alone():
    call = Call(is_loud, lambda text, expect: True)
    call._act([Say("Goodbye."), HangUp()])
    assert call.handle(TakenOver("too late")) == []


def test_turns_of_a_later_part_are_told_in_milliseconds_of_the_whole_call():
    later = CallReport("c1", "", NOW.replace(minute=2), turns=[Turn("bot", "hello", 500, 900)])
    assert later_turns(later, NOW) == [{"speaker": "bot", "text": "hello", "start_ms": 120_500, "end_ms": 120_900}]
