"""What was heard becomes a turn: words by the interpreter, keys by what was asked, silence and card numbers apart."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import keypad
from bot.dialogue.clauses import parted
from bot.dialogue.floor import Floor
from bot.dialogue.router import Router
from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn, spoken_turn
from bot.events import FREE, Digits, Heard, Hypothesis, Silence, Utterance
from bot.nlu.understanding import Interpreter, Understanding

BARE_YES = 3
"""Words; whoever says more after "anything else?" says what it is: "great, I want to register"."""


class Hearing:
    """One per call."""

    def __init__(self, interpreter: Interpreter, floor: Floor) -> None:
        self.router = Router(floor)
        self.last_understanding: Understanding | None = None
        """Of the last turn; None when it was keys, silence, a secret or a card number."""
        self._missed: tuple[Hypothesis, ...] = ()
        """What was said last, when it was not understood."""
        self._interpreter = interpreter
        self._floor = floor

    def hear(self, heard: Heard, talk: Talk) -> None:
        memory, router = talk.memory, self.router
        self.last_understanding = None
        match heard:
            case Silence():
                router.misheard.silence(talk)
            case Digits(digits) if talk.question and talk.question.expect.secret:
                memory.caller_secret(talk.now)
                router.route(_pressed(digits, talk), talk)
            case Digits(digits):
                if memory.caller_pressed(digits, talk.now):
                    router.route(_pressed(digits, talk), talk)
                else:
                    self._refuse_card(talk)
            case Utterance() if not heard.text.strip():
                router.misheard.silence(talk)
            case Utterance() if talk.question and talk.question.expect.secret:
                memory.caller_secret(talk.now)
                understood = self._interpreter.understand(heard, talk.question.expect, talk.now)
                router.route(spoken_turn(heard, understood), talk)
            case Utterance():
                if memory.caller_said(heard, talk.now):
                    missed_before = memory.misunderstood
                    router.route(self._understood(heard, talk), talk, heard.bot_heard_ms)
                    self._missed = heard.hypotheses if memory.misunderstood > missed_before else ()
                else:
                    self._refuse_card(talk)

    def _refuse_card(self, talk: Talk) -> None:
        """A card number is not even interpreted."""
        talk.say("card_number")
        self._floor.ask_again()

    def _understood(self, utterance: Utterance, talk: Talk) -> Turn:
        expect = talk.question.expect if talk.question else FREE
        if talk.asked == "anything_else" and len(utterance.text.split()) > BARE_YES:
            expect = FREE
        if self._missed and expect.kind == "free" and not self._floor.agenda.stack:
            utterance = replace(utterance, earlier=self._missed)
        understood = self._interpreter.understand(utterance, expect, talk.now)
        self.last_understanding = understood
        if talk.question and talk.question.takes_anything:
            return spoken_turn(utterance, understood)
        tasks = self._floor.agenda.tasks
        first, *rest = parted(utterance, understood, self._interpreter, talk.now, tasks) or [understood]
        turn = spoken_turn(utterance, first)
        return replace(turn, then=spoken_turn(utterance, rest[0])) if rest else turn


def _pressed(digits: str, talk: Talk) -> Turn:
    return keypad.read(digits, talk.question, talk.today) if talk.question else Turn(digits, keypad=True)
