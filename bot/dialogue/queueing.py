"""What a caller says and hears while they wait for a person: how they stand, and what they can do meanwhile.

A conversation of its own, between the one with the bot and the one with the person. It ends when the caller has made a
choice (`choice`), or when whoever carries the call ends it because a person is free.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from bot.dialogue import spoken
from bot.dialogue.turn import NO, YES
from bot.dialogue.waiting_words import WANTS, callback_number, callback_time, choice_of
from bot.dialogue.wording import Wording
from bot.errors import FrontdeskError
from bot.events import Action, Answered, Digits, Expect, HangUp, Heard, Listen, Say, Silence
from bot.nlu.grammars import phrases_for

REMINDED_EVERY: Final = 3
"""Of the times when a silent caller is told how they stand, each third repeats what they can do."""


class Choice(StrEnum):
    STAY = "stay"
    CALL_BACK = "call back"
    MESSAGE = "message"
    BOT = "bot"
    LEAVE = "leave"


Door = Literal["open", "alone", "late", "full", "closed"]
"""open: waiting makes sense · alone: nobody is at work · late: waited as long as one may · full, closed: the queue."""


@dataclass(frozen=True, slots=True)
class Standing:
    place: int = 0
    """1 is next; 0 when it cannot be told."""
    minutes: int | None = None
    door: Door = "open"


Promise = Callable[[str, dt.datetime | None, dt.datetime], bool]
"""A call back to that number, at that time (None: when it is their turn), is stored; False when somebody is answering
them right now. Raises FrontdeskError."""


class Queueing:
    """Implements `conversation.Conversation`."""

    def __init__(
        self,
        wording: Wording,
        standing: Callable[[], Standing],
        promise: Promise,
        number: str,
        zone: dt.tzinfo,
        *,
        with_bot: bool = True,
        again: bool = False,
    ) -> None:
        """`number`: on which they can be rung back, "" when none is known; `again`: they were told what they can do."""
        self.choice = Choice.STAY
        self._wording, self._standing, self._promise = wording, standing, promise
        self._number, self._zone, self._with_bot, self._again = number, zone, with_bot, again
        self._asked: Literal["", "number", "right", "when"] = ""
        self._told = Standing()
        self._silences = 0
        self._misheard = 0

    def open(self, answered: Answered, now: dt.datetime) -> Sequence[Action]:
        return self._tell(self._standing(), with_menu=not self._again)

    def hear(self, heard: Heard, now: dt.datetime) -> Sequence[Action]:
        if self.choice is not Choice.STAY:
            return ()
        match heard:
            case Silence():
                return self._wait_on()
            case Digits(digits):
                return self._answer(digits, now, pressed=True)
        return self._answer(heard.text, now) if heard.text else self._wait_on()

    def fail(self, code: str, now: dt.datetime) -> Sequence[Action]:
        """Nothing to say: whoever carries the call lets them wait on, and begins anew."""
        return ()

    def hand_over(self, reason: str, now: dt.datetime) -> Sequence[Action]:
        """They wait for a person already."""
        return ()

    def close(self, now: dt.datetime) -> None:
        """Nothing is held."""

    # How they stand ---------------------------------------------------------------------------

    def _tell(self, standing: Standing, *, with_menu: bool) -> Sequence[Action]:
        self._told = standing
        says = [Say(told)] if (told := self._words(standing)) else []
        menu = [Say(self._say(self._menu()))] if with_menu else []
        return (*says, *menu, self._listen())

    def _words(self, standing: Standing) -> str:
        if standing.door != "open":
            return self._say(f"queue_{standing.door}")
        if standing.place < 1:
            return ""
        if standing.place == 1:
            return self._say("queue_next")
        if standing.minutes is None:
            return self._say("queue_place", place=spoken.number(standing.place))
        minutes = "a minute" if standing.minutes == 1 else f"{spoken.number(standing.minutes)} minutes"
        return self._say("queue_place_and_wait", place=spoken.number(standing.place), minutes=minutes)

    def _menu(self) -> str:
        if self._told.door in ("full", "closed"):
            return "queue_menu_without_waiting"
        return "queue_menu" if self._with_bot else "queue_menu_without_bot"

    def _wait_on(self) -> Sequence[Action]:
        """Told again when it changed, and now and then what they can do."""
        if self._asked:
            self._asked = ""
            return (Say(self._say("queue_stay")), self._listen())
        self._silences += 1
        standing = self._standing()
        with_menu = self._silences % REMINDED_EVERY == 0
        if standing == self._told and not with_menu:
            return ()
        return self._tell(standing, with_menu=with_menu)

    # What they choose -------------------------------------------------------------------------

    def _answer(self, said: str, now: dt.datetime, *, pressed: bool = False) -> Sequence[Action]:
        match self._asked:
            case "number":
                return self._take_number(said, now)
            case "right":
                return self._take_right(said, now)
            case "when":
                return self._take_when(said, now)
        return self._choose(choice_of(said, pressed=pressed), now)

    def _choose(self, wanted: str, now: dt.datetime) -> Sequence[Action]:
        match wanted:
            case "call back":
                return self._ask_number(now)
            case "message":
                return self._end(Choice.MESSAGE)
            case "bot" if self._with_bot:
                return self._end(Choice.BOT)
            case "leave":
                return self._end(Choice.LEAVE, "queue_leave")
            case "stay":
                self._misheard = 0
                return (Say(self._say("queue_stay")), self._listen())
            case "repeat":
                return self._tell(self._standing(), with_menu=True)
        self._misheard += 1
        if self._misheard > 1:  # a conversation in the room, the radio: they hear the music again
            return ()
        return (Say(self._say("queue_sorry")), Say(self._say(self._menu())), self._listen())

    def _ask_number(self, now: dt.datetime) -> Sequence[Action]:
        if not self._number:
            return self._ask("number", "queue_ask_number")
        return self._ask("right", "queue_ask_right", number=spoken.phone(self._number))

    def _take_number(self, said: str, now: dt.datetime) -> Sequence[Action]:
        number = callback_number(said)
        if not number:
            return self._ask("number", "queue_ask_number_again")
        self._number = number
        return self._ask("right", "queue_ask_right", number=spoken.phone(number))

    def _take_right(self, said: str, now: dt.datetime) -> Sequence[Action]:
        if number := callback_number(said):
            return self._take_number(number, now)
        if said == "1" or YES.match(said):
            return self._ask("when", "queue_ask_when")
        if said == "2" or NO.match(said):
            return self._ask("number", "queue_ask_number")
        return self._ask("right", "queue_ask_right", number=spoken.phone(self._number))

    def _take_when(self, said: str, now: dt.datetime) -> Sequence[Action]:
        """ "As soon as possible", or a time; what is no time counts as the first, which is what most mean."""
        local = now.astimezone(self._zone)
        at = None if said == "1" else callback_time(said, local)
        if said == "2":
            return self._ask("when", "queue_ask_time")
        try:
            is_noted = self._promise(self._number, at, now)
        except FrontdeskError:
            self._asked = ""
            return (Say(self._say("queue_not_noted")), self._listen())
        if not is_noted:  # a person answers them at this moment
            return ()
        number = spoken.phone(self._number)
        if at is None:
            return self._end(Choice.CALL_BACK, "queue_called_back", number=number)
        when = f"{spoken.on(at.date(), local.date())} at {spoken.time(at.time())}"
        return self._end(Choice.CALL_BACK, "queue_called_back_at", number=number, when=when)

    # Inside ----------------------------------------------------------------------------------------

    def _ask(self, what: Literal["number", "right", "when"], key: str, **words: str) -> Sequence[Action]:
        self._asked = what
        return (Say(self._say(key, **words)), self._listen())

    def _listen(self) -> Listen:
        match self._asked:
            case "number":
                return Listen(Expect("digits", phrases_for("digits"), 1_500))
            case "right":
                return Listen(Expect("yes_no", phrases_for("yes_no"), 600, 1))
            case "when":
                return Listen(Expect("free", patience_ms=900, digits=1))
        return Listen(Expect("choice", WANTS, 800, 1))

    def _end(self, choice: Choice, key: str = "", **words: str) -> Sequence[Action]:
        self.choice = choice
        return (*([Say(self._say(key, **words), interruptible=False)] if key else []), HangUp())

    def _say(self, key: str, **words: str) -> str:
        return self._wording.text(key, **words)
