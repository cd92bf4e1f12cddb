"""Plays one conversation against real dialogue, understanding, wordings and diary; stops at the first line that fails.

Time goes on ten seconds a turn; nobody reads a clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.appointments.desk import StoredDesk
from bot.appointments.model import Appointment, Customer, Slot
from bot.content.content import Content
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.skills.freed import FreedTime
from bot.errors import ContentError
from bot.events import Action, Answered, Digits, HangUp, Heard, Hypothesis, Listen, Say, Silence, Transfer, Utterance
from bot.nlu.understanding import Interpreter
from bot.rehearsal.conversation import Conversation, Line
from bot.rehearsal.expectations import Scene, failure
from bot.rehearsal.stage import CutOff, KeptResults, Tickets
from bot.store.store import Store

TURN = dt.timedelta(seconds=10)
SURE = 0.95


@dataclass
class Player:
    content: Content
    interpreter: Interpreter
    store: Store
    conversation: Conversation
    tickets: Tickets = field(default_factory=Tickets)
    results: KeptResults = field(default_factory=KeptResults)
    cut_off: CutOff = field(default_factory=CutOff)
    people: list[Customer] = field(default_factory=list)
    booked: list[Appointment] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    """What was said and done so far."""
    actions: tuple[Action, ...] = ()
    dialogue: Dialogue | None = None
    calls: int = 0

    def __post_init__(self) -> None:
        self.zone = self.content.business.timezone
        self.now = self.conversation.now.replace(tzinfo=self.zone)
        self.desk = StoredDesk(self.content.business, self.store.diary(self.content.business))

    def play(self) -> tuple[Line, str] | None:
        """The line that failed and why; None when all is as it should be."""
        self._set_the_scene()
        self._ring()
        for line in self.conversation.talk:
            if (why := self._run(line)) is not None:
                return line, why
        return None

    def _set_the_scene(self) -> None:
        self.caller = "" if self.conversation.caller == "withheld" else self.conversation.caller
        for known in self.conversation.known:
            self.people.append(
                self.desk.add_customer(known.name, self.caller, birth_date=known.born, postcode=known.postcode)
            )
        earlier = self.now - dt.timedelta(days=3)
        for booked in self.conversation.booked:
            self.booked.append(self.desk.book(self._slot(booked), self.people[0], "rehearsal", earlier))

    def _slot(self, written: str) -> Slot:
        try:
            service, staff, branch, day, time = written.split()
            start = dt.datetime.fromisoformat(f"{day} {time}").replace(tzinfo=self.zone)
            minutes = self.content.business.services[service].minutes
        except (ValueError, KeyError) as error:
            where = f"{self.conversation.file}, line {self.conversation.line}"
            what = f"“{written}” should be “service staff branch 2026-12-01 14:30”."
            raise ContentError("content.wrong", f"{where}: {what}") from error
        return Slot(service, staff, branch, start, start + dt.timedelta(minutes=minutes))

    def _about(self) -> Appointment | FreedTime | None:
        what = self.conversation.we_ring
        if not what:
            return None
        return self.booked[-1] if what == "reminder" else FreedTime(self.people[0], self._slot(what))

    def _ring(self) -> None:
        self.calls += 1
        self.dialogue = Dialogue(
            self.desk,
            self.interpreter,
            self.tickets,
            self.cut_off,
            responses=self.content.responses,
            faq={key: entry.answer for key, entry in self.content.faq.items()},
            call_id=f"rehearsal-{self.calls}",
            reminder=self._about(),
            skills=self.content.skills,
            results=self.results,
        )
        self._did(self.dialogue.open(Answered(self.caller), self.now))

    def _run(self, line: Line) -> str | None:
        match line.what:
            case "caller":
                self._hear(_utterance(line.text), f"caller: {line.text}")
            case "keys":
                self._hear(Digits(line.text), f"keys: {line.text}")
            case "silence":
                self._hear(Silence(), "silence")
            case "calls_again":
                self._call_again()
            case _:
                return failure(line, self.scene())
        return None

    def scene(self) -> Scene:
        assert self.dialogue is not None
        return Scene(self.actions, self.tickets.opened, self.results.kept, tuple(self._diary()), self.dialogue.done)

    def _hear(self, heard: Heard, line: str) -> None:
        assert self.dialogue is not None
        self.now += TURN
        self.story.append(line)
        self._did(self.dialogue.hear(heard, self.now))

    def _did(self, actions: Sequence[Action]) -> None:
        self.actions = tuple(actions)
        for action in self.actions:
            match action:
                case Say(text):
                    self.story.append(f"bot: {text}")
                case Transfer(queue):
                    self.story.append(f"transfers: {queue}")
                case HangUp():
                    self.story.append("hangs_up")
                case Listen():
                    pass

    def _call_again(self) -> None:
        assert self.dialogue is not None
        self.dialogue.close(self.now)
        self.now += dt.timedelta(minutes=1)
        self.story.append("calls_again")
        self._ring()

    def _diary(self) -> list[str]:
        first, last = self.now.date() - dt.timedelta(days=1), self.now.date() + dt.timedelta(days=200)
        return [
            f"{each.slot.service_id} {each.slot.staff_id} {each.slot.branch_id} "
            f"{each.slot.start.astimezone(self.zone):%Y-%m-%d %H:%M} {each.status} {each.customer.name}"
            for each in self.desk.between(first, last, cancelled=True)
        ]


def _utterance(text: str) -> Utterance:
    words, _, confidence = text.partition(" ~")
    return Utterance((Hypothesis(words.strip(), float(confidence or SURE)),))
