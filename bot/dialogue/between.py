"""Questions in between: answered at once, and the form goes on where it was."""

from __future__ import annotations

from bot.dialogue.agenda import ROOTS
from bot.dialogue.floor import Floor
from bot.dialogue.naming import name_in
from bot.dialogue.skill import Talk
from bot.dialogue.skills.about import answer_about
from bot.dialogue.skills.answering import answer_faq, answer_hours
from bot.dialogue.skills.following import OTHER, siblings
from bot.dialogue.turn import Turn

SURE = 0.4
"""Least confidence of a question; the answer to another one helps nobody."""


class Between:
    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.memory = floor.memory

    def take_about(self, turn: Turn, talk: Talk) -> bool:
        """ "Who is it with?": a word about what is in hand, and on."""
        if not answer_about(turn, self.floor.agenda, talk):
            return False
        self.memory.progress()
        if self.floor.agenda.stack:
            self.floor.ask_again()
        else:
            self.floor.root(talk, said_something=True)
        return True

    def follow(self, turn: Turn, talk: Talk) -> bool:
        """ "And a filling?" after the price of something else: the same question about that."""
        intents = [] if self.floor.agenda.stack or turn.keypad else siblings(turn, talk)
        if not intents:
            return False
        for intent in intents:
            answer_faq(intent, talk)
        self._resume_form(talk)
        return True

    def take(self, turn: Turn, talk: Talk) -> bool:
        """A question while a form is open (or none is): answered, and the form goes on where it was."""
        if self._is_bare_answer(turn, talk) or turn.keypad:
            return False
        if not self.answer(turn, talk):
            return False
        self._resume_form(talk)
        return True

    def answer(self, turn: Turn, talk: Talk) -> bool:
        if turn.intent == "opening_hours" or self._follows_hours(turn, talk):
            answer_hours(turn, talk)
            return True
        if not (turn.intent.startswith("faq/") and turn.confidence >= SURE and answer_faq(turn.intent, talk)):
            return False
        service = turn.value("service")
        self.memory.service_id = service if isinstance(service, str) else None
        return True

    def _follows_hours(self, turn: Turn, talk: Talk) -> bool:
        """ "And on Saturdays?" after opening hours were told."""
        if (
            self.memory.topic != "opening_hours"
            or self.floor.agenda.stack
            or (talk.asked and talk.asked not in ROOTS)
            or not (turn.first("date") or turn.first("branch") or OTHER.search(turn.text))
        ):
            return False
        return turn.intent in ("inform", "correct", "") or turn.says("^(and|what about|how about)")

    def _resume_form(self, talk: Talk) -> None:
        floor = self.floor
        if floor.agenda.stack and floor.question:
            talk.say("back_to_question")
            floor.ask_again()
        else:
            floor.root(talk)

    def _is_bare_answer(self, turn: Turn, talk: Talk) -> bool:
        """Nothing but values or yes and no, while a form waits for them."""
        if not self.floor.agenda.stack or talk.question is None:
            return False
        if talk.asked in ("name", "last_name", "spell") and name_in(turn):
            return True
        return turn.rest() == "" and bool(turn.entities or turn.yes or turn.no)
