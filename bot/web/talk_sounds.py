"""The sounds of all talks that go on: who is heard where, what was said, what could be answered."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any

import structlog

from bot.channels.browser_wire import FromPage
from bot.errors import FrontdeskError
from bot.events import AudioChunk
from bot.web.agent_line import AgentLine
from bot.web.caller_line import CallerLine
from bot.web.centre import Centre
from bot.web.keeping import Keeping
from bot.web.suggestions import Suggestions
from bot.web.talk_sound import CALLER, Sink, TalkSound
from handoff.desk import Desk
from handoff.mixing import Part
from handoff.model import Ticket

log = structlog.get_logger(__name__)


class TalkSounds:
    def __init__(
        self,
        centre: Centre,
        desk: Desk,
        keeping: Keeping,
        clock: Callable[[], dt.datetime],
        wake: Callable[[], None],
    ) -> None:
        """`wake` is called when something changed that people should see."""
        self.lines: dict[int, AgentLine] = {}
        """By agent: their page, while it is open."""
        self._centre, self._desk, self._keeping, self._clock, self._wake = centre, desk, keeping, clock, wake
        self._suggestions = Suggestions(centre, clock, wake)
        self._sounds: dict[str, TalkSound] = {}
        """By ticket."""
        self._said: dict[str, list[dict[str, Any]]] = {}
        """By ticket: what was said in the talks that are being written up."""
        self._overseers: dict[int, dict[AgentLine, Part]] = {}
        """Whose talks are overseen → by whom, and what they may say in them."""
        self._guests: dict[Hashable, str] = {}
        """Who was asked into somebody else's talk → its ticket."""

    # From the first word to the last ------------------------------------------------------

    def begin(self, agent: int, ticket: Ticket, channel: CallerLine) -> None:
        tap = partial(self._centre.taps.heard, ticket.packet.call_id)
        sound = TalkSound(channel, self._centre.ear, self._clock, partial(self._wrote, ticket), tap)
        sound.join(agent, Part.AGENT, self._to(agent))
        for overseer, part in self._overseers.get(agent, {}).items():
            sound.join(overseer, part, overseer.pump.put)
        self._sounds[ticket.id] = sound

    async def silence(self, ticket: Ticket) -> list[dict[str, Any]]:
        """The talk's sound ends; what was said in it, which the call's report has from now on, too."""
        sound = self._sounds.pop(ticket.id, None)
        self._suggestions.forget(ticket.id)
        if sound is None:
            return []
        self._said[ticket.id] = sound.said
        await sound.stop()
        try:
            await asyncio.to_thread(self._centre.add_to_call, ticket.packet.call_id, sound.said)
        except FrontdeskError as error:
            log.error("talk.not_stored", code=error.code)
        return sound.said

    def of(self, agent: Hashable) -> TalkSound | None:
        """Of their talk, while they have one, or of the one they were asked into."""
        talk = self._desk.talks.get(agent) if isinstance(agent, int) else None
        ticket_id = talk.ticket.id if talk else self._guests.get(agent, "")
        return self._sounds.get(ticket_id)

    def said(self) -> dict[str, Sequence[dict[str, Any]]]:
        """By ticket: the lines of talks that go on or are being written up."""
        at_hand = [*self._desk.wrapping.values(), *(talk.ticket for talk in self._desk.talks.values())]
        kept = {ticket.id for ticket in at_hand}
        self._said = {ticket_id: said for ticket_id, said in self._said.items() if ticket_id in kept}
        return {**self._said, **{ticket_id: sound.said for ticket_id, sound in self._sounds.items()}}

    def suggestions_for(self, agent: int) -> list[dict[str, Any]]:
        """What they could answer to what the caller said last."""
        talk = self._desk.talks.get(agent)
        return self._suggestions.of(talk.ticket.id) if talk else []

    # Who is heard -------------------------------------------------------------------------

    def from_caller(self, channel: CallerLine, message: FromPage | None) -> None:
        sound = self._sounds.get(channel.ticket)
        if sound and isinstance(message, AudioChunk):
            sound.hear(CALLER, message.pcm)

    def from_agent(self, agent: Hashable, chunk: AudioChunk) -> None:
        if sound := self.of(agent):
            sound.hear(agent, chunk.pcm)

    def from_overseer(self, agent: int, overseer: AgentLine, chunk: AudioChunk) -> None:
        if sound := self.of(agent):
            sound.hear(overseer, chunk.pcm)

    def oversee(self, agent: int, overseer: AgentLine, part: Part) -> None:
        """From now on, in every talk of that person; again with another part: it changes."""
        self._overseers.setdefault(agent, {})[overseer] = part
        if sound := self.of(agent):
            sound.join(overseer, part, overseer.pump.put)

    def oversee_no_more(self, agent: int, overseer: AgentLine) -> None:
        self._overseers.get(agent, {}).pop(overseer, None)
        if sound := self.of(agent):
            sound.leave(overseer)

    # Colleagues asked in ------------------------------------------------------------------

    def let_in(self, who: Hashable, ticket_id: str, sink: Sink | None = None) -> None:
        """From now on they hear the talk and are heard. `sink` is for those without a page of ours."""
        if sound := self._sounds.get(ticket_id):
            self._guests[who] = ticket_id
            sound.join(who, Part.CONSULTED, sink or self._to(who))

    def let_out(self, who: Hashable) -> None:
        if sound := self._sounds.get(self._guests.pop(who, "")):
            sound.leave(who)

    async def hand_over(self, ticket_id: str, asker: int, colleague: int | None) -> None:
        """The asker goes, and so do those who oversee them; the caller, off hold, has the colleague.

        None for `colleague`: somebody without a desk, who stays as they came in.
        """
        sound = self._sounds.get(ticket_id)
        if sound is None:
            return
        for one in (asker, *self._overseers.get(asker, {})):
            sound.leave(one)
        if colleague is not None:
            self._guests.pop(colleague, None)
            sound.join(colleague, Part.AGENT, self._to(colleague))
            for overseer, part in self._overseers.get(colleague, {}).items():
                sound.join(overseer, part, overseer.pump.put)
        await sound.resume()

    def press(self, agent: int, digits: str) -> None:
        """Keys, heard by everybody in the talk: machines on the other side take them for keys pressed there."""
        if (sound := self.of(agent)) and not sound.is_on_hold:
            sound.press(digits)

    async def say(self, agent: int, text: str) -> None:
        """In the bot's voice, to caller and person. Raises FrontdeskError."""
        sound = self.of(agent)
        if sound is None or sound.is_on_hold or not text.strip():
            return
        pcm = await asyncio.to_thread(lambda: b"".join(self._centre.voice.synthesize(text)))
        await sound.say(text, pcm)

    def _to(self, agent: Hashable) -> Sink:
        """Their page, whichever is open by then; nobody hears anything while it is lost."""

        def send(pcm: bytes) -> None:
            if isinstance(agent, int) and (line := self.lines.get(agent)):
                line.pump.put(pcm)

        return send

    def _wrote(self, ticket: Ticket, line: Mapping[str, Any]) -> None:
        if line["speaker"] == "caller":
            self._keeping.later(self._suggestions.about(ticket, line["text"]))
        self._wake()
