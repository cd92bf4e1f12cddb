"""The frame around the forms: openings, faults, tickets, closings, and what is kept out of everything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.appointments.model import Status
from bot.dialogue.counter import Urgency
from bot.dialogue.dialogue import Dialogue
from bot.errors import FrontdeskError
from bot.events import (
    Action,
    Answered,
    Digits,
    HangUp,
    Heard,
    Hypothesis,
    Listen,
    Say,
    Silence,
    Transfer,
    Utterance,
    Word,
)
from tests.unit.dialogue.fakes import (
    NOW,
    FakeCounter,
    FakeDesk,
    FakeInterpreter,
    FakeUnfinished,
    date,
    entity,
    responses,
    said,
    time,
)

CALLER = "+447700900123"
BORN = dt.date(1984, 3, 14)
TUESDAY = dt.date(2026, 3, 10)


class Line:
    """One call with fakes all around; `says` collects what the bot said last."""

    def __init__(
        self,
        desk: FakeDesk | None = None,
        caller: str = CALLER,
        unfinished: FakeUnfinished | None = None,
        call_id: str = "call",
    ) -> None:
        self.desk = desk or FakeDesk()
        self.ear = FakeInterpreter()
        self.counter = FakeCounter()
        self.unfinished = unfinished or FakeUnfinished()
        self.now = NOW
        self.caller = caller
        self.dialogue = Dialogue(
            self.desk,
            self.ear,
            self.counter,
            self.unfinished,
            responses=responses(),
            faq={"parking": "There is parking behind {business}."},
            call_id=call_id,
        )
        self.actions: Sequence[Action] = ()

    def open(self) -> str:
        return self._done(self.dialogue.open(Answered(self.caller), self.now))

    def hear(self, heard: Heard) -> str:
        self.now += dt.timedelta(seconds=8)
        return self._done(self.dialogue.hear(heard, self.now))

    def say(self, text: str, intent: str = "", *entities: object, confidence: float = 0.95) -> str:
        if intent:
            self.ear.teach(text, intent, *entities)  # type: ignore[arg-type]
        return self.hear(said(text, confidence))

    def to_read_back(self) -> str:
        """Anna on file, a check-up with Anna Reed on Tuesday at ten, up to the read-back."""
        self.desk.people or self.desk.add_customer("Anna Smith", CALLER, birth_date=BORN)
        self.open()
        wish = (entity("service", "check_up"), entity("staff", "anna"), date(TUESDAY), time(10))
        self.say("a check up with anna on tuesday at ten", "book", *wish)
        return self.say("my birth date", "inform", entity("birth_date", BORN, "my birth date"))

    def _done(self, actions: Sequence[Action]) -> str:
        self.actions = actions
        return " ".join(action.text for action in actions if isinstance(action, Say))

    @property
    def last(self) -> Action:
        return self.actions[-1]


def test_a_booking_is_told_without_being_cut_off_and_is_in_the_diary() -> None:
    line = Line()
    assert "Shall I book that?" in line.to_read_back()
    assert line.desk.held
    line.say("yes please", "affirm")
    told = next(action for action in line.actions if isinstance(action, Say))
    assert not told.interruptible
    assert "four, eight, two, one, zero" in told.text
    assert [each.slot.start.hour for each in line.desk.appointments] == [10]
    assert line.dialogue.outcome == "completed"
    assert line.dialogue.appointment == line.desk.appointments[0]


def test_an_unclear_answer_to_the_read_back_books_nothing() -> None:
    line = Line()
    line.to_read_back()
    line.say("hmm well")
    assert line.desk.appointments == []


def test_a_time_lost_in_the_last_instant_brings_alternatives() -> None:
    line = Line(FakeDesk(snatched=1))
    line.to_read_back()
    answer = line.say("yes", "affirm")
    assert "somebody has just taken that time" in answer
    assert isinstance(line.last, Listen)
    line.say("the first one", "inform")
    line.say("yes", "affirm")
    assert len(line.desk.appointments) == 1


def test_a_full_diary_leads_to_the_waiting_list() -> None:
    line = Line(FakeDesk(full=True))
    line.desk.add_customer("Anna Smith", CALLER, birth_date=BORN)
    line.open()
    wish = (entity("service", "check_up"), entity("staff", "anna"), date(TUESDAY), time(10))
    assert "waiting list" in line.say("a check up on tuesday at ten", "book", *wish)
    line.say("yes", "affirm")
    answer = line.say("my birth date", "inform", entity("birth_date", BORN, "my birth date"))
    assert "You're on the waiting list" in answer
    assert len(line.desk.waiting) == 1


def test_a_broken_diary_leads_to_a_person_with_a_ticket_and_nothing_half_done() -> None:
    line = Line()
    line.to_read_back()
    line.desk.broken = True
    answer = line.say("yes", "affirm")
    assert "something has gone wrong at our end" in answer
    assert line.last == Transfer("reception", "a technical fault (store.locked)", "ticket-1")
    assert line.desk.appointments == []
    assert line.dialogue.outcome == "failed"


def test_a_ticket_that_cannot_be_stored_at_first_is_tried_again() -> None:
    line = Line()
    line.counter.failures = 1
    line.open()
    line.say("a person please", "person")
    assert line.last == Transfer("reception", "the caller asked for a person", "ticket-1")


def test_without_any_ticket_the_caller_still_reaches_a_person_and_hears_an_apology() -> None:
    line = Line()
    line.counter.failures = 9
    line.open()
    assert "I couldn't pass on my notes" in line.say("a person please", "person")
    assert line.last == Transfer("reception", "the caller asked for a person", "")


def test_the_ticket_tells_everything() -> None:
    line = Line()
    line.to_read_back()
    doubtful = Word("persn", 0, 300, 0.2)
    line.ear.teach("a persn", "person")
    line.hear(Utterance((Hypothesis("a persn", 0.6, (Word("a", 0, 50, 0.9), doubtful)),)))
    [ticket] = line.counter.tickets
    assert ticket.customer == "Anna Smith"
    assert "confirmed" in ticket.identity
    assert ticket.wants == "to book an appointment"
    assert ticket.slots["service"] == "check_up"
    assert (ticket.written["service"], ticket.written["day"]) == ("check-up", "Tue 10 March 2026")
    assert ticket.business_name == line.desk.business.name
    assert ticket.reasons == ("the caller asked for a person",)
    assert "Anna Smith (confirmed) wants to book an appointment: check-up" in ticket.summary
    assert ticket.transcript[-1].doubtful == ("persn",)
    assert ticket.transcript[-1].confidence == 0.6
    assert [each.speaker for each in ticket.transcript[:2]] == ["bot", "caller"]


def test_an_emergency_comes_first() -> None:
    line = Line()
    line.open()
    line.say("he can't breathe", "emergency")
    assert isinstance(line.last, Transfer)
    assert line.last.queue == "emergency"
    assert line.counter.tickets[0].urgency is Urgency.EMERGENCY


def test_a_card_number_stays_nowhere() -> None:
    line = Line()
    line.open()
    assert "card details" in line.say("it is four one one one one one one one one one one one one one one one")
    assert "card details" in line.hear(Digits("4111111111111111"))
    assert line.ear.expected == []
    line.say("a person", "person")
    transcript = " ".join(each.text for each in line.counter.tickets[0].transcript)
    assert "1111" not in transcript
    assert "one one" not in transcript
    assert "[card number]" in transcript


def test_keys_and_silence_have_no_intent_of_the_sentence_before():
    line = Line()
    line.open()
    for heard in (Digits("1"), Silence()):
        line.say("when are you open", "opening_hours")
        assert line.dialogue.last_understanding.intent == "opening_hours"
        line.hear(heard)
        assert line.dialogue.last_understanding is None


def test_repeat_says_all_of_it_again_and_slower_says_it_slower() -> None:
    line = Line()
    first = line.open()
    assert line.say("repeat that", "repeat") == first
    line.say("slower please", "slower")
    assert all(action.speed < 1 for action in line.actions if isinstance(action, Say))


def test_a_caller_who_cut_in_at_once_is_asked_again_without_a_strike() -> None:
    line = Line()
    line.open()
    line.hear(said("mumble", cut_off_ms=200))
    assert "Sorry" not in "".join(action.text for action in line.actions if isinstance(action, Say))


def test_after_a_transfer_or_a_goodbye_nothing_more_is_said() -> None:
    line = Line()
    line.open()
    line.say("bye", "goodbye")
    assert isinstance(line.last, HangUp)
    assert line.hear(Silence()) == ""
    assert list(line.actions) == []


def test_a_caller_cut_off_is_asked_to_resume_once() -> None:
    unfinished = FakeUnfinished()
    first = Line(unfinished=unfinished)
    first.open()
    first.say("a clean on tuesday", "book", entity("service", "clean"), date(TUESDAY))
    first.dialogue.close(first.now)
    second = Line(unfinished=unfinished)
    assert "Shall we carry on where we stopped?" in second.open()
    assert "which branch" in second.say("yes", "affirm").lower()
    second.say("bye", "goodbye")
    assert "cut off" not in Line(unfinished=unfinished).open()


def test_after_a_crash_in_mid_call_the_caller_goes_on_and_the_dead_call_holds_nothing() -> None:
    desk, unfinished = FakeDesk(), FakeUnfinished()
    dead = Line(desk, unfinished=unfinished, call_id="dead")
    dead.to_read_back()
    assert "dead" in desk.held
    again = Line(desk, unfinished=unfinished)
    assert "Shall we carry on where we stopped?" in again.open()
    assert desk.held == {}
    assert "ten" in again.say("yes", "affirm"), "the same time"


def test_what_cannot_be_kept_spoils_no_turn() -> None:
    class Broken(FakeUnfinished):
        def keep(self, caller: str, slots: Mapping[str, str], now: dt.datetime) -> None:
            raise FrontdeskError("store.locked", "The database is busy.")

    line = Line(unfinished=Broken())
    line.open()
    assert "which branch" in line.say("a clean on tuesday", "book", entity("service", "clean"), date(TUESDAY)).lower()
    assert line.dialogue.outcome != "failed"


def test_outside_opening_hours_nobody_is_promised() -> None:
    open_now, closed = Line(), Line()
    closed.now = NOW.replace(hour=22)
    for line in (open_now, closed):
        line.open()
    assert "put you through" in open_now.say("a person please", "person")
    assert "not in at the moment" in closed.say("a person please", "person")
    assert closed.counter.tickets


def test_closing_lets_a_held_time_go() -> None:
    line = Line()
    line.to_read_back()
    line.dialogue.close(line.now)
    assert line.desk.held == {}


def test_a_finished_booking_is_not_offered_for_resuming() -> None:
    line = Line()
    line.to_read_back()
    line.say("yes", "affirm")
    line.dialogue.close(line.now)
    assert line.unfinished.kept == {}


def test_a_number_withheld_is_nobody() -> None:
    line = Line(caller="")
    line.desk.add_customer("Nobody", "")
    line.open()
    answer = line.say("when is my appointment", "ask_appointment")
    assert "booking reference" in answer


def test_faults_of_other_parts_never_raise() -> None:
    line = Line()
    line.open()
    line._done(line.dialogue.fail("hearing.failed", line.now))
    assert line.last == Transfer("reception", "a technical fault (hearing.failed)", "ticket-1")
    again = line.dialogue.fail("brain.slow", line.now)
    assert again[-1] == line.last, "a hand-over that nobody heard is told again, with the same ticket"
    assert line.dialogue.hear(Silence(), line.now) == ()


def test_a_fault_before_the_call_was_opened_reaches_a_person_too() -> None:
    line = Line()
    line._done(line.dialogue.fail("channel.failed", line.now))
    assert isinstance(line.last, Transfer)


def test_a_question_in_between_is_answered_and_the_form_goes_on() -> None:
    line = Line()
    line.open()
    line.say("a clean", "book", entity("service", "clean"))
    answer = line.say("where can i park", "faq/parking")
    assert "There is parking behind Bright Dental." in answer
    assert "Which one suits you?" in answer


def test_silence_is_let_go_kindly_the_third_time() -> None:
    line = Line()
    line.open()
    line.hear(Silence())
    assert isinstance(line.last, Listen)
    assert "Press 1" in line.hear(Silence())
    line.hear(Silence())
    assert isinstance(line.last, HangUp)
    assert line.dialogue.outcome == "abandoned"


def test_a_reminder_is_only_for_the_right_person() -> None:
    line = Line()
    line.to_read_back()
    line.say("yes", "affirm")
    [appointment] = line.desk.appointments
    reminder = Dialogue(
        line.desk,
        line.ear,
        line.counter,
        line.unfinished,
        responses=responses(),
        faq={},
        call_id="r",
        reminder=appointment,
    )
    opening = line._done(reminder.open(Answered(CALLER), NOW))
    assert "check-up" not in opening
    told = line._done(reminder.hear(said("yes"), NOW))
    assert "check-up" in told
    reminder.hear(said("yes"), NOW)
    assert line.desk.appointments[0].status is Status.CONFIRMED
    assert reminder.done == ("told", "confirmed")
