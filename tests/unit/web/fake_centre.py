"""A call centre without engines: a scripted conversation, tickets in memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import struct
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import yaml
from fastapi import FastAPI
from pydantic import SecretStr

from bot.asr.recognizer import Ear, Recognizer
from bot.channels.browser import BrowserChannel
from bot.channels.channel import Captioned, Channel
from bot.config import PROJECT, Settings
from bot.dialogue.errand import Errand
from bot.dialogue.passing import Staffed, nobody_knows
from bot.dialogue.queueing import Choice, Queueing
from bot.dialogue.wording import Wording
from bot.events import (
    CHUNK_BYTES,
    SAMPLE_RATE,
    Action,
    Answered,
    AudioChunk,
    DigitPressed,
    Digits,
    Expect,
    Hypothesis,
    Say,
    Word,
)
from bot.live import LiveCalls
from bot.recording.recording import Recording
from bot.report import CallReport, Turn
from bot.store.store import Store, open_store
from bot.suggesting import Suggestion
from bot.taps import Taps
from bot.web.guard import COOKIE
from bot.web.house import House
from bot.web.line_channel import LineChannel
from handoff.history import Entry, Happening
from handoff.model import Line, Listed, Medium, Packet, Priority, Ticket, TicketStatus
from handoff.people import Person, Role
from handoff.queues import Queue, without

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)

Conversation = Callable[[Any, str], Awaitable[None]]


def packet(**changes: object) -> Packet:
    plain = Packet(
        business="Brightwater Dental",
        queue="reception",
        priority=Priority.NORMAL,
        reasons=("not understood twice",),
        summary="Wants to move an appointment.",
        caller="+15550100",
        customer="Ann Example",
        wants="move appointment",
        slots={"day": "Thursday"},
        transcript=(
            Line("bot", "How can I help you?"),
            Line("caller", "can i bring my ex rays", 2_000, 0.6, ("ex", "rays")),
        ),
        call_id="c1",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def session_cookie(app: FastAPI, role: Role = Role.AGENT, name: str = "Maya") -> dict[str, str]:
    """Of a colleague who is signed in; made without a password, for hashing takes its time."""
    house: House = app.state.house
    colleague = Person(0, f"{name.lower()}-{role}", name, role, "", "key")
    person = house.centre.people.by_login(colleague.login) or house.centre.people.add(colleague, NOON)
    return {COOKIE: house.links.session(person.id, person.session_key)}


def listed(ticket: Ticket) -> Listed:
    packet = ticket.packet
    return Listed(
        ticket.id,
        ticket.created_at,
        packet.queue,
        packet.priority,
        ticket.status,
        ticket.medium,
        packet.caller,
        ticket.placed_at,
        ticket.due_at,
        ticket.number,
    )


class TicketsInMemory:
    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.last_agents: dict[str, int] = {}
        """By number."""

    def add(self, packet: Packet, now: dt.datetime) -> Ticket:
        ticket = Ticket(f"T{len(self.tickets) + 1}", now, packet)
        self.tickets[ticket.id] = ticket
        return ticket

    def get(self, ticket_id: str) -> Ticket | None:
        return self.tickets.get(ticket_id)

    def several(self, ticket_ids: Collection[str]) -> Sequence[Ticket]:
        return [one for one in self.tickets.values() if one.id in ticket_ids]

    def queued(self) -> Sequence[Listed]:
        return [listed(one) for one in self.waiting()]

    def settled(self, limit: int) -> Sequence[Listed]:
        return [listed(one) for one in self.newest(limit=limit) if one.status is not TicketStatus.WAITING]

    def set_status(self, ticket_id: str, status: TicketStatus, now: dt.datetime) -> None:
        self.tickets[ticket_id] = replace(self.tickets[ticket_id], status=status)

    def take(self, ticket_id: str, now: dt.datetime) -> bool:
        if self.tickets[ticket_id].status is not TicketStatus.WAITING:
            return False
        self.set_status(ticket_id, TicketStatus.TAKEN, now)
        return True

    def pass_on(self, ticket_id: str, queue: str, said: Sequence[Line], now: dt.datetime) -> None:
        ticket = self.tickets[ticket_id]
        passed = replace(ticket.packet, queue=queue, transcript=(*ticket.packet.transcript, *said))
        self.tickets[ticket_id] = replace(ticket, packet=passed, status=TicketStatus.WAITING)

    def move(self, ticket_id: str, queue: str, now: dt.datetime, priority: Priority | None = None) -> bool:
        ticket = self.tickets[ticket_id]
        given = ticket.packet.priority if priority is None else priority
        return self._change(ticket_id, packet=replace(ticket.packet, queue=queue, priority=given))

    def left(self, ticket_id: str, now: dt.datetime) -> None:
        self._change(ticket_id, left_at=now)

    def call_back(self, ticket_id: str, number: str, due_at: dt.datetime | None, now: dt.datetime) -> bool:
        return self._change(ticket_id, medium=Medium.CALLBACK, number=number, due_at=due_at, left_at=now)

    def keep_message(self, ticket_id: str, recording: str, now: dt.datetime) -> bool:
        return self._change(ticket_id, medium=Medium.MESSAGE, recording=recording, left_at=now)

    def try_again(self, ticket_id: str, due_at: dt.datetime, now: dt.datetime) -> None:
        self.set_status(ticket_id, TicketStatus.WAITING, now)
        self._change(ticket_id, due_at=due_at, tries=self.tickets[ticket_id].tries + 1)

    def add_lines(self, ticket_id: str, said: Sequence[Line], now: dt.datetime) -> None:
        packet = self.tickets[ticket_id].packet
        packet = replace(packet, transcript=(*packet.transcript, *said))
        self.tickets[ticket_id] = replace(self.tickets[ticket_id], packet=packet)

    def nobody_is_on_line(self, now: dt.datetime) -> int:
        return sum(self._change(one.id, left_at=now) for one in self.waiting() if one.left_at is None)

    def served_by(self, business: str, caller: str, since: dt.datetime) -> int | None:
        return self.last_agents.get(caller)

    def _change(self, ticket_id: str, **changes: Any) -> bool:
        """While it waits."""
        if self.tickets[ticket_id].status is not TicketStatus.WAITING:
            return False
        self.tickets[ticket_id] = replace(self.tickets[ticket_id], **changes)
        return True

    def newest(self, business: str | None = None, limit: int = 100) -> Sequence[Ticket]:
        return sorted(self.tickets.values(), key=lambda ticket: ticket.created_at, reverse=True)[:limit]

    def waiting(self, business: str | None = None) -> Sequence[Ticket]:
        waiting = [ticket for ticket in self.tickets.values() if ticket.status is TicketStatus.WAITING]
        return sorted(waiting, key=lambda ticket: (ticket.packet.priority, ticket.created_at))


class QueuesInMemory:
    def __init__(self, tickets: TicketsInMemory) -> None:
        self.tickets, self.queues = tickets, dict[str, Queue]()

    def all(self) -> Mapping[str, Queue]:
        return dict(sorted(self.queues.items()))

    def put(self, queue: Queue, now: dt.datetime) -> None:
        self.queues[queue.name] = queue

    def remove(self, name: str, move_to: str, now: dt.datetime) -> int:
        self.queues = without(self.queues, name)
        inside = [one.id for one in self.tickets.waiting() if one.packet.queue == name]
        return sum(self.tickets.move(ticket_id, move_to, now) for ticket_id in inside)


class HistoryInMemory:
    def __init__(self, tickets: TicketsInMemory) -> None:
        self.tickets = tickets
        self.happened: list[Happening] = []

    def add(self, happening: Happening) -> None:
        self.happened.append(happening)

    def since(self, at: dt.datetime) -> Sequence[Happening]:
        return [one for one in self.happened if one.at >= at]

    def entries(self, since: dt.datetime) -> Sequence[Entry]:
        touched = {one.ticket_id for one in self.happened if one.at >= since}
        found = (self.tickets.tickets[one] for one in sorted(touched))
        return [Entry(one.id, one.packet.queue, one.created_at) for one in found if one.created_at >= since]


class PeopleInMemory:
    def __init__(self) -> None:
        self.people: dict[int, Person] = {}

    def add(self, person: Person, now: dt.datetime) -> Person:
        added = replace(person, id=len(self.people) + 1)
        self.people[added.id] = added
        return added

    def get(self, person_id: int) -> Person | None:
        return self.people.get(person_id)

    def by_login(self, login: str) -> Person | None:
        return next((person for person in self.people.values() if person.login == login), None)

    def everybody(self) -> Sequence[Person]:
        return sorted(self.people.values(), key=lambda person: person.name)

    def replace(self, person: Person) -> None:
        self.people[person.id] = person


class LoudnessDetector:
    """Tones are no speech to the real one."""

    def is_speech(self, chunk: AudioChunk) -> bool:
        return loudness(chunk) > 300


class EarOfTones:
    """Hears the same words in every utterance, one of them with doubt."""

    def listen(self, expect: Expect) -> Recognizer:
        return self

    def accept(self, chunk: AudioChunk) -> str | None:
        return None

    def glimpse(self) -> tuple[Hypothesis, ...]:
        return ()

    def finish(self) -> tuple[Hypothesis, ...]:
        words = (Word("an", 0, 100, 0.9), Word("ex", 100, 200, 0.3), Word("ray", 200, 300, 0.9))
        return (Hypothesis("an ex ray", 0.8, words),)


class VoiceOfTones:
    """Half a second of a high tone for each sentence; `said` has the sentences."""

    def __init__(self) -> None:
        self.said: list[str] = []

    @property
    def name(self) -> str:
        return "a tone"

    def synthesize(self, text: str, speed: float = 1.0) -> Iterator[bytes]:
        self.said.append(text)
        yield tone(500, 2_000)


@dataclass
class FakeCentre:
    """`conversation` is what happens in a call; what the channel told is kept for the test."""

    conversation: Conversation
    settings: Settings = field(default_factory=lambda: Settings(secret=SecretStr("a secret of the tests")))
    tickets: TicketsInMemory = field(default_factory=TicketsInMemory)
    history: HistoryInMemory = field(init=False)
    queues: QueuesInMemory = field(init=False)
    people: PeopleInMemory = field(default_factory=PeopleInMemory)
    ready: bool = True
    full: bool = False
    reminders: list[str] = field(default_factory=list)
    is_closed: bool = False
    talks: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    """By call: what was said with people."""

    ear: Ear = field(default_factory=EarOfTones)
    voice: VoiceOfTones = field(default_factory=VoiceOfTones)
    speaks_in_queue: bool = False
    next_transfer: str = ""
    """The queue that the bot sends whoever comes back to at once."""
    live: LiveCalls = field(default_factory=LiveCalls)
    taps: Taps = field(default_factory=Taps)
    offices: Any = field(default_factory=lambda: SimpleNamespace(all=dict))
    """No business, so no diary."""
    errands: list[Errand] = field(default_factory=list)
    """With which callers came back from people."""
    calls: int = 0
    staffed: Staffed = nobody_knows
    timezone: dt.tzinfo = dt.UTC

    def __post_init__(self) -> None:
        self.history = HistoryInMemory(self.tickets)
        self.queues = QueuesInMemory(self.tickets)

    @cached_property
    def recording(self) -> Recording:
        """As the settings of the test have it, off unless they say so."""
        return Recording(self.settings.recording, self.settings.home, self.taps, self.now)

    @cached_property
    def shelves(self) -> Store:
        """A database, for the few who look beyond tickets and people."""
        return open_store("sqlite://")

    async def take_call(self, channel: Channel, reminder: str = "") -> CallReport:
        self.reminders.append(reminder)
        self.calls += 1
        try:
            await self.conversation(channel, reminder)
        finally:
            self.calls -= 1
        return CallReport("c1", "browser", NOON, turns=[Turn("bot", "hello", 0, 400, response_ms=420)])

    async def resume_call(self, channel: Channel, call_id: str, errand: Errand) -> CallReport | None:
        """Says hello again, takes one key as the answer to the survey, and hangs up."""
        self.errands.append(errand)
        report = CallReport(call_id, "", NOON)
        if self.next_transfer:
            await channel.transfer(self.next_transfer, "T1")
            self.next_transfer = ""
            return report
        async for event in channel.events():
            match event:
                case Answered() if isinstance(channel, LineChannel):
                    await channel.caption("bot", f"{errand.person} would be glad to hear how it was.", True)
                    await play(channel, tone(400))
                case DigitPressed("0"):
                    ticket = await asyncio.to_thread(self.tickets.add, packet(), dt.datetime.now(dt.UTC))
                    await channel.transfer(ticket.packet.queue, ticket.id)
                    break
                case DigitPressed(digit):
                    report.survey = {"rating": int(digit)}
                    await channel.hang_up()
                    break
        return report

    def suggest(self, business: str, text: str, now: dt.datetime) -> list[Suggestion]:
        return [Suggestion("faq/x_rays", "x rays", "X-rays can be sent to us by e-mail.", 0.8)] if "ray" in text else []

    async def attend(self, channel: Channel, conversation: Queueing) -> CallReport:
        """Keys are answered at once and what is said is a caption; nothing is heard."""
        report = CallReport("", "", NOON)
        for action in conversation.open(Answered(""), self.now()):
            await self._do(action, channel, report)
        async for event in channel.events():
            if isinstance(event, DigitPressed):
                report.turns.append(Turn("caller", f"[keys {event.digit}]", 0, 0))
                for action in conversation.hear(Digits(event.digit), self.now()):
                    await self._do(action, channel, report)
            if conversation.choice is not Choice.STAY:
                break
        return report

    async def _do(self, action: Action, channel: Channel, report: CallReport) -> None:
        if isinstance(action, Say):
            report.turns.append(Turn("bot", action.text, 0, 0))
            assert isinstance(channel, Captioned)
            await channel.caption("bot", action.text, True)
            if self.speaks_in_queue:
                for piece in self.voice.synthesize(action.text):
                    await play(channel, piece)

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def wording(self, business: str) -> Wording:
        plain = yaml.safe_load((PROJECT / "nlu_data" / "responses.yml").read_text())["responses"]
        return Wording({key: tuple(one["text"] for one in texts) for key, texts in plain.items()}, {})

    def add_to_call(self, call_id: str, said: Sequence[Mapping[str, Any]]) -> None:
        self.talks[call_id] = [*self.talks.get(call_id, ()), *said]

    def is_full(self) -> bool:
        return self.full

    def health(self) -> Mapping[str, object]:
        return {"ready": self.ready, "ears": "none", "voice": "a tone", "calls": self.calls}

    def business_name(self, called: str) -> str:
        return f"Smith & Sons <{called}>" if called else "Brightwater Dental"

    async def close(self) -> None:
        self.is_closed = True


def tone(ms: int, hertz: float = 440.0) -> bytes:
    samples = (int(8_000 * math.sin(math.tau * hertz * i / SAMPLE_RATE)) for i in range(SAMPLE_RATE * ms // 1000))
    return b"".join(struct.pack("<h", sample) for sample in samples)


async def play(channel: Channel, pcm: bytes) -> None:
    for begin in range(0, len(pcm), CHUNK_BYTES):
        await channel.play(pcm[begin : begin + CHUNK_BYTES])


def loudness(chunk: AudioChunk) -> float:
    values = struct.unpack(f"<{len(chunk.pcm) // 2}h", chunk.pcm)
    return math.sqrt(sum(value * value for value in values) / len(values))


@dataclass
class EchoConversation:
    """Greets with a tone, tells by captions what it hears, hangs up at 9, hands over at 0; counts what came."""

    centre: FakeCentre | None = None
    heard_ms: int = 0
    loud_ms: int = 0
    digits: str = ""
    answered: Answered | None = None

    async def __call__(self, channel: BrowserChannel, reminder: str) -> None:
        async for event in channel.events():
            match event:
                case Answered():
                    self.answered = event
                    await self._greet(channel, reminder)
                case AudioChunk():
                    await self._hear(channel, event)
                case DigitPressed(digit):
                    self.digits += digit
                    await channel.caption("caller", f"pressed {digit}", True)
                    if digit == "9":
                        await channel.hang_up()
                    elif digit == "0":
                        await self._hand_over(channel)
                        return

    async def _greet(self, channel: BrowserChannel, reminder: str) -> None:
        greeting = f"A reminder: {reminder}" if reminder else "Good afternoon, how can I help?"
        await channel.caption("bot", greeting, True)
        await play(channel, tone(400))

    async def _hear(self, channel: BrowserChannel, chunk: AudioChunk) -> None:
        self.heard_ms += chunk.ms
        if loudness(chunk) < 300:
            return
        self.loud_ms += chunk.ms
        if self.loud_ms == 200:
            await channel.caption("caller", "i hear some", False)
        if self.loud_ms == 400:
            await channel.caption("caller", "i hear something", True)

    async def _hand_over(self, channel: BrowserChannel) -> None:
        assert self.centre
        ticket = await asyncio.to_thread(self.centre.tickets.add, packet(), dt.datetime.now(dt.UTC))
        await channel.transfer(ticket.packet.queue, ticket.id)


def echo_centre() -> tuple[FakeCentre, EchoConversation]:
    conversation = EchoConversation()
    centre = FakeCentre(conversation)
    conversation.centre = centre
    return centre, conversation
