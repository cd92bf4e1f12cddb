"""Who answers what was said: commands, the open form, a question in between, a new task, or nobody."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import commands
from bot.dialogue.before_asking import NOT_YET
from bot.dialogue.between import Between
from bot.dialogue.counter import Urgency
from bot.dialogue.escalation import judge, sounds_angry
from bot.dialogue.floor import Floor, PersonNeeded
from bot.dialogue.guessing import Guessing
from bot.dialogue.handover import EMERGENCY
from bot.dialogue.misheard import Misheard
from bot.dialogue.offers import ordinal
from bot.dialogue.roots import Roots
from bot.dialogue.skill import Talk
from bot.dialogue.skills.about import answer_about
from bot.dialogue.skills.newcomer import remember_name
from bot.dialogue.starting import Starting
from bot.dialogue.turn import Turn

SURE = 0.6
"""Least confidence of an intent that ends the conversation with the bot."""


class Router:
    """Tries one after the other who has a use for a turn."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.memory = floor.memory
        self.between = Between(floor)
        self.starting = Starting(floor)
        self.guessing = Guessing(floor, self.starting, self.between)
        self.misheard = Misheard(floor, self.guessing)
        self.roots = Roots(floor, self.starting)
        self.then: Turn | None = None
        """What the caller wanted besides, to be looked after next."""

    # Voice and keypad -----------------------------------------------------------------------------

    def route(self, turn: Turn, talk: Talk, heard_ms: int | None = None) -> None:
        turn = _by_number(turn, talk)
        self.memory.weigh(turn)
        remember_name(turn, self.memory)
        if self._wants_no_recording(turn, talk):
            self._look_after_the_rest(turn.then, talk)
            return
        if self._surveyed(turn, talk):
            return
        if self._urgent(turn, self.starting.plainly_answers(turn, talk)):
            return
        if not (
            self._plain_answer(turn, talk)
            or self.between.take_about(turn, talk)
            or self._command(turn, talk)
            or self._answered(turn, talk)
        ):
            self.misheard.not_understood(turn, talk, heard_ms)
        if talk.corrected:
            self.memory.corrections += 1
        self._look_after_the_rest(turn.then, talk)

    def _look_after_the_rest(self, then: Turn | None, talk: Talk) -> None:
        """A second wish waits until the first is done; a second question is answered at once."""
        floor = self.floor
        if then is not None and floor.agenda.stack and then.intent not in floor.agenda.tasks:
            if not answer_about(then, floor.agenda, talk):
                self.between.answer(then, talk)
            return
        self.then = then or self.then
        if self.then and not (floor.agenda.stack or floor.finished or floor.person):
            delayed, self.then = self.then, None
            if delayed is not then:
                talk.say("the_other_wish")
            talk.question = None
            self._answered(delayed, talk)

    def _wants_no_recording(self, turn: Turn, talk: Talk) -> bool:
        """At any time, whatever is asked; False when something else was said besides, to be answered, too."""
        sure = turn.intent == "no_recording" and turn.confidence >= SURE
        if turn.keypad or not (sure or commands.NO_RECORDING.search(turn.text)):
            return False
        commands.no_recording(turn, talk, self.floor)
        if turn.entities or turn.intent in self.floor.agenda.tasks:
            return False
        if self.floor.question:
            self.floor.ask_again()
        else:
            self.floor.root(talk)
        return True

    def _surveyed(self, turn: Turn, talk: Talk) -> bool:
        """What is said to a survey is an answer, whatever else it sounds like: "the parking was terrible"."""
        wants_person = (turn.keypad and turn.intent == "person") or commands.PERSON.search(turn.text)
        if self.floor.agenda.top_name != "survey" or wants_person or commands.EMERGENCY.search(turn.text):
            return False
        self.floor.agenda.take(turn, talk)
        self.memory.progress()
        self.floor.go_on(talk)
        return True

    def _plain_answer(self, turn: Turn, talk: Talk) -> bool:
        """What a skill from a file asked for, unless it is a bare command."""
        if not self.starting.plainly_answers(turn, talk) or commands.bare_command(turn):
            return False
        if not self.starting.go_on_with(turn, talk):
            return False
        self.memory.progress()
        return True

    def _urgent(self, turn: Turn, answers: bool = False) -> bool:
        """An emergency, an angry caller, or somebody who wants a person. `answers`: what was asked for is no anger."""
        floor, said = self.floor, f"{turn.text} {turn.then.text}" if turn.then else turn.text
        sure = turn.keypad or turn.confidence >= SURE or not (floor.agenda.stack or turn.entities)
        if (turn.intent == "emergency" and sure) or commands.EMERGENCY.search(said):
            floor.person = PersonNeeded(
                ("emergency: the caller needs help at once",), EMERGENCY, Urgency.EMERGENCY, "emergency"
            )
        elif commands.ROBOT.search(said):
            return False
        elif (turn.intent == "person" and sure and not answers) or commands.PERSON.search(said):
            floor.need_person(*judge(self.memory.signs(asked=True)).reasons)
        elif answers:
            return False
        elif turn.intent == "complaint" and sure and not self._is_task("complaint"):
            self.memory.angry += 2
            floor.need_person("the caller has a complaint", urgency=Urgency.HIGH, wording="complaint")
        elif sounds_angry(said):
            self.memory.angry += 1
            verdict = judge(self.memory.signs())
            if verdict.person:
                floor.need_person(*verdict.reasons, urgency=Urgency.HIGH, wording="complaint")
        return floor.person is not None

    def _is_task(self, intent: str) -> bool:
        """A business may have a skill of its own for complaints; who is angry still reaches a person."""
        return intent in self.floor.agenda.tasks

    def _command(self, turn: Turn, talk: Talk) -> bool:
        floor, asked = self.floor, talk.asked
        if floor.agenda.stack and commands.NEVER_MIND.match(turn.text) and not self._means_it(asked):
            commands.never_mind(turn, talk, floor)
            return True
        if talk.question and talk.question.leaves_time and NOT_YET.search(turn.text):
            commands.hold_on(turn, talk, floor)
            return True
        command = commands.command_in(turn, asked, self.memory)
        if not command or (
            turn.entities and not turn.keypad and command in ("goodbye", "hold_on", "never_mind", "help")
        ):
            return False
        self.memory.silences = 0
        commands.FIRST[command](turn, talk, floor)
        return True

    def _means_it(self, asked: str) -> bool:
        """ "Cancel it" answers these questions."""
        return asked in ("confirm_cancel", "reminder_action", "move_or_cancel", "change")

    def _answered(self, turn: Turn, talk: Talk) -> bool:
        guesses, starting = self.guessing, self.starting
        asked = (starting.take_order, self.roots.take, guesses.take, self.between.follow)
        steps = (*asked, guesses.ask_if_torn, self.between.take, starting.go_on, starting.begin, self._aside)
        if any(step(turn, talk) for step in steps):
            self.memory.progress()
            return True
        return False

    def _aside(self, turn: Turn, talk: Talk) -> bool:
        command = commands.LAST.get("greet" if turn.says(commands.STILL_THERE) else turn.intent)
        if command is None:
            if turn.intent == "call_later" and not self.floor.agenda.stack:
                self.floor.person = PersonNeeded(("the caller would like to be called back",), call_back=True)
                return True
            return False
        command(turn, talk, self.floor)
        return True


def _by_number(turn: Turn, talk: Talk) -> Turn:
    """ "The second" of a few options is that option, no second of the month; the first of times is the earliest."""
    question = talk.question
    if question and question.slot == "time" and not turn.keypad and ordinal(turn) == 0:
        return replace(turn, text="the earliest", entities=(), intent="inform")
    if question is None or question.expect.kind != "choice" or not question.options or turn.option:
        return turn
    place = ordinal(turn)
    if place is None or question.slot == "offer":
        return turn
    option = place % len(question.options) + 1
    return replace(turn, option=option, entities=(), intent="inform")
