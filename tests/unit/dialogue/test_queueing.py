"""What callers say and hear while they wait for a person."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from bot.dialogue.queueing import Choice, Queueing, Standing
from bot.dialogue.waiting_words import callback_number, callback_time, choice_of
from bot.dialogue.wording import Wording
from bot.errors import StoreError
from bot.events import Action, Answered, Digits, HangUp, Hypothesis, Listen, Say, Silence, Utterance

LONDON = zoneinfo.ZoneInfo("Europe/London")
NOW = dt.datetime(2026, 3, 2, 14, 20, tzinfo=LONDON)  # a Monday
ANNA = "+442079460123"
RESPONSES = Path(__file__).parents[3] / "nlu_data" / "responses.yml"


@pytest.fixture(scope="module")
def responses() -> dict[str, tuple[str, ...]]:
    plain = yaml.safe_load(RESPONSES.read_text())["responses"]
    return {key: tuple(one["text"] for one in texts) for key, texts in plain.items()}


class Caller:
    """Waits, and keeps what was promised."""

    def __init__(self, responses: dict[str, tuple[str, ...]], number: str = ANNA, **more) -> None:
        self.standing = Standing(3, 7)
        self.promised: list[tuple[str, dt.datetime | None]] = []
        self.is_taken = self.is_broken = False
        self.talk = Queueing(Wording(responses, {}), lambda: self.standing, self.promise, number, LONDON, **more)

    def promise(self, number: str, at: dt.datetime | None, now: dt.datetime) -> bool:
        if self.is_broken:
            raise StoreError("store.gone", "gone")
        self.promised.append((number, at))
        return not self.is_taken

    def opens(self) -> str:
        return words(self.talk.open(Answered(""), NOW))

    def says(self, text: str) -> str:
        return words(self.talk.hear(Utterance((Hypothesis(text),)), NOW))

    def presses(self, digits: str) -> str:
        return words(self.talk.hear(Digits(digits), NOW))

    def is_silent(self) -> str:
        return words(self.talk.hear(Silence(), NOW))


def words(actions: Sequence[Action]) -> str:
    assert all(isinstance(action, Say | Listen | HangUp) for action in actions)
    return " ".join(action.text for action in actions if isinstance(action, Say))


@pytest.fixture
def caller(responses) -> Caller:
    return Caller(responses)


def test_they_hear_their_place_the_wait_and_what_they_can_do(caller):
    told = caller.opens()
    assert "number three" in told
    assert "about seven minutes" in told
    assert "call me back" in told


def test_silence_is_answered_when_something_changed_and_now_and_then_with_the_choices(caller):
    caller.opens()
    assert caller.is_silent() == ""
    caller.standing = Standing(1, 1)
    assert caller.is_silent() == "You are next."
    assert "call me back" in caller.is_silent()
    assert caller.is_silent() == ""


def test_a_call_back_on_their_own_number_as_soon_as_it_is_their_turn(caller):
    caller.opens()
    assert "Shall we call you on" in caller.says("can you call me back please")
    assert "at a certain time" in caller.says("yes please")
    told = caller.says("as soon as you can")
    assert "keep your place" in told
    assert caller.promised == [(ANNA, None)]
    assert caller.talk.choice is Choice.CALL_BACK
    assert caller.says("hello") == "", "the call is ending"


def test_a_call_back_by_keypad_on_another_number_at_a_time(caller):
    caller.opens()
    caller.presses("2")
    assert "which number" in caller.presses("2").lower()
    assert "whole number" in caller.presses("123")
    caller.presses("07911123456")
    caller.presses("1")
    assert "what time" in caller.presses("2").lower()
    told = caller.says("tomorrow at half past ten")
    assert caller.promised == [("+447911123456", dt.datetime(2026, 3, 3, 10, 30, tzinfo=LONDON))]
    assert "tomorrow" in told


def test_a_withheld_number_is_asked_for(responses):
    caller = Caller(responses, number="")
    caller.opens()
    assert "which number" in caller.says("call me back").lower()


def test_what_could_not_be_stored_is_not_promised(caller):
    caller.opens()
    caller.is_broken = True
    for said in ("call me back", "yes"):
        caller.says(said)
    assert "couldn't note" in caller.says("now")
    assert caller.talk.choice is Choice.STAY


def test_who_is_answered_at_this_moment_is_promised_nothing(caller):
    caller.opens()
    caller.is_taken = True
    for said in ("call me back", "yes"):
        caller.says(said)
    assert caller.says("now") == ""
    assert caller.talk.choice is Choice.STAY


@pytest.mark.parametrize(
    ("said", "choice"),
    [("i want to leave a message", Choice.MESSAGE), ("something else", Choice.BOT), ("goodbye", Choice.LEAVE)],
)
def test_other_choices_end_it(caller, said, choice):
    caller.opens()
    caller.says(said)
    assert caller.talk.choice is choice


def test_a_radio_in_the_room_is_asked_once_and_then_left_alone(caller):
    caller.opens()
    assert "didn't get" in caller.says("and now the weather for the weekend")
    assert caller.says("sunny spells in the south") == ""
    assert caller.talk.choice is Choice.STAY


def test_who_says_nothing_to_a_question_waits_on(caller):
    caller.opens()
    caller.says("call me back")
    assert "Thank you for waiting" in caller.is_silent()
    assert "Thank you for waiting" in caller.says("i'll wait")


@pytest.mark.parametrize("door", ["full", "closed"])
def test_a_closed_or_full_queue_is_said_kindly_with_a_call_back_or_a_message(caller, door):
    caller.standing = Standing(door=door)
    told = caller.opens()
    assert "sorry" in told
    assert "stay on the line" not in told
    assert "call me back" in told
    assert "message" in told


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("at four", dt.datetime(2026, 3, 2, 16)),
        ("at two", dt.datetime(2026, 3, 3, 14)),
        ("tomorrow", dt.datetime(2026, 3, 3, 9)),
        ("wednesday at ten past nine", dt.datetime(2026, 3, 4, 9, 10)),
        ("as soon as possible", None),
        ("now please", None),
    ],
)
def test_times_to_be_called_at(said, meant):
    assert callback_time(said, NOW) == (meant.replace(tzinfo=LONDON) if meant else None)


def test_words_and_keys_for_the_choices():
    assert [choice_of(key, pressed=True) for key in "12349"] == ["stay", "call back", "message", "bot", ""]
    assert choice_of("yes i was wondering how the weather is going to be") == ""
    assert callback_number("oh seven nine one one one two three four five six") == "+447911123456"
    assert callback_number("i don't know") == ""
