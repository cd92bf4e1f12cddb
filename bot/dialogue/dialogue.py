"""The conversation of one call: what is heard goes in, what is to be said and done comes out.

    heard ──▶ Turn ──▶ Router ──▶ forms (Agenda) ──▶ question, sentences ──▶ actions

This file is the frame around it: what comes in, what goes out, and what happens when a part fails. How a call begins is
in `opening`, what is kept of one that is cut off in `keeping`; people take over and give back in `passing`; what the
call's report reads of it is in `account`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.appointments.diary import Desk
from bot.appointments.model import Appointment
from bot.dialogue.account import Account
from bot.dialogue.agenda import Agenda, tasks_with
from bot.dialogue.counter import Counter, Unfinished, Urgency
from bot.dialogue.errand import Errand
from bot.dialogue.floor import Floor, PersonNeeded, menu_with, names_with, what_can_be_done
from bot.dialogue.handover import RECEPTION
from bot.dialogue.hearing import Hearing
from bot.dialogue.keeping import Keeping
from bot.dialogue.memory import Memory
from bot.dialogue.opening import call_about, greet_caller
from bot.dialogue.passing import Passing, Staffed, nobody_knows
from bot.dialogue.results import NoResults, Results
from bot.dialogue.skill import Talk
from bot.dialogue.skills.freed import FreedTime
from bot.dialogue.wording import Wording
from bot.errors import FrontdeskError
from bot.events import FREE, Action, Answered, Expect, HangUp, Heard, Listen, Say, StopRecording, Transfer
from bot.nlu.understanding import Interpreter
from bot.skills.model import Skill

HOLD_PATIENCE_MS = 2_000
"""Silence that ends a turn while the caller looks something up."""

LAST_WORDS = "I'm sorry, something has gone wrong at our end. I'm putting you through to a colleague."
"""When even the wordings cannot be used."""


class Dialogue(Account):
    """Implements `conversation.Conversation`. One per call, used by one thread at a time."""

    def __init__(
        self,
        desk: Desk,
        interpreter: Interpreter,
        counter: Counter,
        unfinished: Unfinished,
        *,
        responses: Mapping[str, tuple[str, ...]],
        faq: Mapping[str, str],
        call_id: str,
        reminder: Appointment | FreedTime | None = None,
        surveys: bool = False,
        recorded: bool = False,
        announces: bool = False,
        skills: Mapping[str, Skill] | None = None,
        results: Results | None = None,
        staffed: Staffed = nobody_knows,
    ) -> None:
        """`responses`: key → variants; `faq`: id → answer; `reminder`: what we are calling about.

        `recorded`: the call is being recorded; `announces`: the greeting says so.

        `surveys`: whoever says goodbye is asked how it was. `skills`: by the intent that starts them; `results`: where
        what they take down is stored. `staffed`: whether people are at work.
        """
        super().__init__()
        self._desk = desk
        self._interpreter = interpreter
        self._counter = counter
        self._faq = faq
        self._call_id = call_id
        self._reminder = reminder
        self._skills = skills or {}
        facts = {**what_can_be_done(self._skills), **desk.business.facts, "business": desk.business.name}
        self._wording = Wording(responses, facts)
        self._results = results or NoResults()
        self._surveys = surveys
        self._recorded, self._announces = recorded, announces
        self._keeping = Keeping(unfinished, self._skills, call_id)
        self._staffed = staffed
        self._ending: tuple[Action, ...] = ()
        """The last words and what follows them: said again when a fault kept them from being heard."""

    # The protocol ------------------------------------------------------------------------------------

    def open(self, answered: Answered, now: dt.datetime) -> Sequence[Action]:
        """The greeting and the first question."""
        caller = answered.caller if any(char.isdigit() for char in answered.caller) else ""
        self._begin(Memory(started=now, caller=caller, recorded=self._recorded))
        talk = self._talk(now)
        try:
            self._open(talk)
        except FrontdeskError as error:
            return self.fail(error.code, now)
        return self._actions(talk)

    def hear(self, heard: Heard, now: dt.datetime) -> Sequence[Action]:
        """What to do about it; nothing more once the call is over or given to a person."""
        floor = self._open_floor(now)
        if floor.memory.over:
            return ()
        was_recorded = floor.memory.recorded
        actions = self._answer(heard, floor, now)
        refused = was_recorded and not floor.memory.recorded
        return (StopRecording(), *actions) if refused else actions

    def _answer(self, heard: Heard, floor: Floor, now: dt.datetime) -> Sequence[Action]:
        talk = self._talk(now)
        floor.prompt = ""
        try:
            assert self._hearing is not None
            self._hearing.hear(heard, talk)
            actions = self._actions(talk)
        except FrontdeskError as error:
            return self.fail(error.code, now)
        with suppress(FrontdeskError):  # what cannot be kept is missed only if the call is cut off
            self._keep(floor, now)
        return actions

    def _keep(self, floor: Floor, now: dt.datetime) -> None:
        is_offered = self._hearing is not None and self._hearing.router.roots.resume is not None
        self._keeping.keep(floor, now, is_offered=is_offered)

    def fail(self, code: str, now: dt.datetime) -> Sequence[Action]:
        """A kind sentence and a person, the ticket already stored; raises nothing."""
        floor = self._open_floor(now)
        if floor.memory.over:
            return self._ending
        self._failed = True
        floor.person = PersonNeeded((f"a technical fault ({code})",), RECEPTION, Urgency.HIGH, "trouble")
        try:
            return self._actions(self._talk(now))
        except FrontdeskError:
            floor.memory.over = True
            self._ending = (Say(LAST_WORDS, interruptible=False), Transfer(RECEPTION, code, floor.memory.ticket_id))
            return self._ending

    def hand_over(self, reason: str, now: dt.datetime) -> Sequence[Action]:
        """A person takes over although nobody asked for one."""
        floor = self._open_floor(now)
        if floor.memory.over:
            return ()
        floor.person = PersonNeeded((reason,), wording="taken_over")
        return self._actions(self._talk(now))

    def take_back(self, errand: Errand, now: dt.datetime) -> Sequence[Action]:
        """A person gives the caller back: what was filled in is still there. Raises nothing of ours."""
        talk = self._talk(now)
        try:
            self._people(now).take_back(errand, talk)
            return self._actions(talk)
        except FrontdeskError as error:
            return self.fail(error.code, now)

    def close(self, now: dt.datetime) -> None:
        """Holds are released; what was begun is kept for a call back within minutes."""
        floor = self._open_floor(now)
        floor.memory.over = True
        self._people(now).call_ends()
        floor.given_up = floor.unfinished
        try:
            self._keep(floor, now)
            floor.agenda.drop_all(self._talk(now))
        except FrontdeskError:
            return  # the caller is gone: holds run out by themselves, and there is nobody to tell

    # Inside ------------------------------------------------------------------------------------------------

    def _open(self, talk: Talk) -> None:
        floor = self._open_floor(talk.now)
        if self._reminder is not None:
            call_about(self._reminder, floor, talk, announces=self._announces)
            return
        greet_caller(talk, announces=self._announces)
        left = self._keeping.left_by(floor.memory.caller, talk)
        if left is None or self._hearing is None:
            floor.root(talk)
            return
        self._hearing.router.roots.resume = left
        floor.ask(talk.ask("resume", "yes_no", words={"what": floor.names[left.name]}))

    def _talk(self, now: dt.datetime) -> Talk:
        floor = self._open_floor(now)
        local = now.astimezone(self._desk.business.timezone)
        return Talk(
            self._desk,
            self._wording,
            floor.memory,
            self._faq,
            self._call_id,
            local,
            self._counter,
            self._results,
            floor.question,
        )

    def _begin(self, memory: Memory) -> Floor:
        skills = self._skills
        agenda = Agenda(tasks=tasks_with(skills))
        floor = Floor(memory, agenda, menu_with(skills), names_with(skills), skills=skills, surveys=self._surveys)
        self._floor, self._hearing = floor, Hearing(self._interpreter, floor)
        self._passing = Passing(floor, self._staffed)
        return floor

    def _open_floor(self, now: dt.datetime) -> Floor:
        return self._floor or self._begin(Memory(started=now))

    def _people(self, now: dt.datetime) -> Passing:
        self._open_floor(now)
        assert self._passing is not None
        return self._passing

    # Actions -----------------------------------------------------------------------------------------------

    def _actions(self, talk: Talk) -> tuple[Action, ...]:
        floor = self._open_floor(talk.now)
        person, people = floor.person, self._people(talk.now)
        if person is not None and not people.asks_number(person, talk):
            transfer = people.go(floor.person or person, talk)
            self._ending = (*self._spoken(floor, talk), transfer)
            return self._ending
        if floor.prompt:
            talk.say_text(floor.prompt)
        says = self._spoken(floor, talk)
        if floor.finished:
            floor.memory.over = True
            floor.given_up = floor.unfinished
            floor.agenda.drop_all(talk)
            self._ending = (*says, HangUp())
            return self._ending
        return (*says, Listen(self._expect(floor)))

    def _expect(self, floor: Floor) -> Expect:
        expect = floor.question.expect if floor.question else FREE
        return (
            replace(expect, patience_ms=max(expect.patience_ms, HOLD_PATIENCE_MS)) if floor.memory.waiting else expect
        )

    def _spoken(self, floor: Floor, talk: Talk) -> tuple[Say, ...]:
        says = tuple(replace(say, speed=floor.memory.speed) for say in talk.says)
        if says:
            floor.memory.last_said = tuple(
                said for said, say in zip(says, talk.says, strict=True) if say not in talk.mentioned
            )
        floor.memory.bot_said(says, talk.now)
        return says
