"""One stretch of a call: a channel carried through a conversation, seen by all who write down, listen in or record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.asr.recognizer import Ear
from bot.audio.cut_in import CutIn
from bot.audio.vad import SpeechDetector
from bot.call import Call
from bot.captions import captioned
from bot.channels.channel import Channel
from bot.config import Settings
from bot.dialogue.conversation import Clock, Conversation
from bot.dialogue.privacy import CardWatch, redact
from bot.events import Effect, Event, Observe
from bot.last_resort import TicketedChannel
from bot.live import LiveCalls
from bot.nlu.completeness import patience_after
from bot.reception import Reception
from bot.recording.recording import Recording
from bot.report import CallReport, Witness
from bot.run import Engines, run_call
from bot.taps import TappedChannel, Taps, Who
from bot.tts.apology import apology
from bot.tts.voice import Voice
from bot.turns import TurnLimits

WAITING_SILENCE_MS = 20_000
"""A caller who waits and says nothing is told how they stand after so long."""


@dataclass(frozen=True, slots=True)
class Carrying:
    ear: Ear
    voice: Voice
    settings: Settings
    clock: Clock
    live: LiveCalls
    taps: Taps
    recording: Recording

    async def attend(self, channel: Channel, conversation: Conversation) -> CallReport:
        """A caller who waits for a person, until the conversation or the channel is over. What was said is returned and
        stored nowhere.
        """
        witness = Witness(CallReport("", "", self.clock()), CardWatch().redact)
        cut_in = CutIn()
        tapped = TappedChannel(channel, cut_in.hear)
        call = self._call(cut_in, silence_ms=WAITING_SILENCE_MS)
        async with captioned(channel, redact) as show:
            await run_call(tapped, self._engines(conversation), call, _to_all(witness.observe, show))
        return witness.report

    async def carry(
        self,
        channel: Channel,
        witness: Witness,
        conversation: Conversation,
        reception: Reception,
        rescue: Callable[[str], str],
        observe: Observe,
    ) -> None:
        """With the bot. `rescue` makes a ticket for that queue, where the call goes to people without one."""
        call_id = witness.report.call_id
        cut_in = CutIn()
        tapped = TappedChannel(channel, _each(partial(self.taps.heard, call_id), cut_in.hear))
        ticketed = TicketedChannel(tapped, rescue)
        observers = [witness.observe, observe, self.recording.observer(call_id)]
        if reception.tickets:
            observers.append(reception.tickets.observe)
        with self.live.going_on(witness.report, reception.confidence) as reachable:
            async with captioned(channel, redact) as show:
                seen = _to_all(*observers, show)
                await run_call(ticketed, self._engines(conversation), self._call(cut_in), seen, reachable)

    def _call(self, cut_in: CutIn, **limits: int) -> Call:
        turns = TurnLimits(**(self.settings.turns.model_dump() | limits))
        return Call(SpeechDetector().is_speech, patience_after, turns, cut_in)

    def _engines(self, conversation: Conversation) -> Engines:
        return Engines(self.ear, self.voice, conversation, self.clock, apology())


def _each(*taps: Callable[[Who, bytes], None]) -> Callable[[Who, bytes], None]:
    def heard(who: Who, pcm: bytes) -> None:
        for tap in taps:
            tap(who, pcm)

    return heard


def _to_all(*observers: Observe) -> Observe:
    def observe(item: Event | Effect) -> None:
        for each in observers:
            each(item)

    return observe
