"""Who answers what was said: commands, the open form, a question in between, a new task, or nobody."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue import commands, keypad
from bot.dialogue.agenda import ROOTS, TASKS
from bot.dialogue.counter import Urgency
from bot.dialogue.escalation import judge, sounds_angry
from bot.dialogue.floor import MENU, Floor, PersonNeeded
from bot.dialogue.handover import EMERGENCY
from bot.dialogue.memory import Identity
from bot.dialogue.misheard import Misheard
from bot.dialogue.naming import name_in
from bot.dialogue.offers import ordinal
from bot.dialogue.skill import Talk
from bot.dialogue.skills.about import answer_about
from bot.dialogue.skills.answering import answer_faq, answer_hours
from bot.dialogue.skills.booking import restored
from bot.dialogue.skills.newcomer import remember_name
from bot.dialogue.turn import Turn

PLAIN = ("", "all", "everything", "nothing else", "everything all", "all everything", "bye", "goodbye")

SURE = 0.6
"""Least confidence of an intent that ends the conversation with the bot."""

RELATIVE = (
    r"(my|our) (\w+ )?(son|daughter|husband|wife|partner|mother|father|mum|dad|child|kid|kids|children|boy|girl|"
    r"grandson|granddaughter|sister|brother|grandmother|grandfather|nan|gran)('s|s)?"
)
ANOTHER = (
    rf"(for|book|bring|move|cancel) {RELATIVE}|{RELATIVE} (next |dental )?(appointment|check|booking|has|needs|is)|"
    r"for (someone|somebody) else|another person"
)
MYSELF = r"mine|my own|myself|for me|my appointment"

WISHES = ("service", "staff", "role", "date", "time", "branch")


class Router:
    """`resume` is what a cut-off caller left; offered once."""

    def __init__(self, floor: Floor, resume: dict[str, str] | None = None) -> None:
        self.floor = floor
        self.memory = floor.memory
        self.misheard = Misheard(floor)
        self.resume = resume
        self.then: Turn | None = None
        """What the caller wanted besides, to be looked after next."""

    # Voice and keypad -----------------------------------------------------------------------------

    def route(self, turn: Turn, talk: Talk, heard_ms: int | None = None) -> None:
        turn = _by_number(turn, talk)
        self.memory.weigh(turn)
        remember_name(turn, self.memory)
        if self._urgent(turn):
            return
        if not (self._about(turn, talk) or self._command(turn, talk) or self._answered(turn, talk)):
            self.misheard.not_understood(turn, talk, heard_ms)
        if talk.corrected:
            self.memory.corrections += 1
        self._look_after_the_rest(turn.then, talk)

    def _look_after_the_rest(self, then: Turn | None, talk: Talk) -> None:
        """A second wish waits until the first is done; a second question is answered at once."""
        floor = self.floor
        if then is not None and floor.agenda.stack and then.intent not in TASKS:
            self._answer(then, talk)
            return
        self.then = then or self.then
        if self.then and not (floor.agenda.stack or floor.finished or floor.person):
            delayed, self.then = self.then, None
            if delayed is not then:
                talk.say("the_other_wish")
            talk.question = None
            self._answered(delayed, talk)

    def _about(self, turn: Turn, talk: Talk) -> bool:
        """ "Who is it with?": a word about what is in hand, and on."""
        if not answer_about(turn, self.floor.agenda, talk):
            return False
        self.memory.progress()
        if self.floor.agenda.stack:
            self.floor.ask_again()
        else:
            self.floor.root(talk, said_something=True)
        return True

    def _urgent(self, turn: Turn) -> bool:
        """An emergency, an angry caller, or somebody who wants a person."""
        floor = self.floor
        sure = turn.keypad or turn.confidence >= SURE or not (floor.agenda.stack or turn.entities)
        if (turn.intent == "emergency" and sure) or commands.EMERGENCY.search(turn.text):
            floor.person = PersonNeeded(
                ("emergency: the caller needs help at once",), EMERGENCY, Urgency.EMERGENCY, "emergency"
            )
        elif (turn.intent == "person" and sure) or commands.PERSON.search(turn.text):
            floor.need_person(*judge(self.memory.signs(asked=True)).reasons)
        elif turn.intent == "complaint" and sure:
            self.memory.angry += 2
            floor.need_person("the caller has a complaint", urgency=Urgency.HIGH, wording="complaint")
        elif sounds_angry(turn.text):
            self.memory.angry += 1
            verdict = judge(self.memory.signs())
            if verdict.person:
                floor.need_person(*verdict.reasons, urgency=Urgency.HIGH, wording="complaint")
        return floor.person is not None

    def _command(self, turn: Turn, talk: Talk) -> bool:
        floor, asked = self.floor, talk.asked
        if floor.agenda.stack and commands.NEVER_MIND.match(turn.text) and not self._means_it(asked):
            commands.never_mind(turn, talk, floor)
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

    # Answers, questions in between, tasks -----------------------------------------------------------

    def _answered(self, turn: Turn, talk: Talk) -> bool:
        steps = (self._own_question, self._between, self._form, self._task, self._aside)
        if any(step(turn, talk) for step in steps):
            self.memory.progress()
            return True
        return False

    def _own_question(self, turn: Turn, talk: Talk) -> bool:
        """Questions that belong to no form: resume? did you mean? anything else? how can I help?"""
        floor = self.floor
        if talk.asked == "resume" and (turn.yes or turn.no) and not turn.entities:
            return self._resume(turn.yes, talk)
        if talk.asked == "guess" and (turn.yes or turn.no) and floor.guessed:
            if turn.yes:
                return self._start(floor.guess, floor.guessed, talk)
            floor.ask(talk.ask("what_else", "free", options=MENU))
            return True
        if talk.asked == "anything_else" and not turn.entities and (turn.keypad or turn.rest() in PLAIN):
            return self._anything_else(turn, talk)
        if (
            talk.asked in ROOTS
            and turn.no
            and not turn.entities
            and turn.rest() in PLAIN
            and turn.intent in ("deny", "")
        ):
            self.floor.bye(talk)
            return True
        if talk.question and talk.question.options == MENU and turn.option:
            return self._start(keypad.MENU[turn.option - 1], turn, talk)
        return False

    def _anything_else(self, turn: Turn, talk: Talk) -> bool:
        if (
            turn.no
            or turn.intent in ("thanks", "goodbye")
            or turn.says("that's (all|everything|it)|that is all|nothing")
        ):
            self.floor.bye(talk)
        elif turn.yes:
            self.floor.ask(talk.ask("what_else", "free", options=MENU))
        else:
            return False
        return True

    def _resume(self, wanted: bool, talk: Talk) -> bool:
        if wanted and self.resume:
            talk.say("resuming")
            self.floor.agenda.begin(restored(self.resume), None, talk)
            self.floor.go_on(talk)
        else:
            self.floor.ask(talk.ask("how_help", "free", options=MENU))
        self.resume = None
        return True

    def _between(self, turn: Turn, talk: Talk) -> bool:
        """A question while a form is open (or none is): answered, and the form goes on where it was."""
        if self._is_bare_answer(turn, talk) or turn.keypad:
            return False
        if not self._answer(turn, talk):
            return False
        self._resume_form(talk)
        return True

    def _answer(self, turn: Turn, talk: Talk) -> bool:
        if turn.intent == "opening_hours" or self._follows_hours(turn):
            answer_hours(turn, talk)
            return True
        return turn.intent.startswith("faq/") and answer_faq(turn.intent, talk)

    def _follows_hours(self, turn: Turn) -> bool:
        """ "And on Saturdays?" after opening hours were told."""
        if (
            self.memory.topic != "opening_hours"
            or self.floor.agenda.stack
            or not (turn.first("date") or turn.first("branch"))
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

    def _form(self, turn: Turn, talk: Talk) -> bool:
        top = self.floor.agenda.top
        if top is None or self._is_other_task(turn):
            return False
        if not self.floor.agenda.take(turn, talk):
            return False
        if talk.corrected and not talk.says:
            talk.say("corrected")
        self.floor.go_on(talk, noted=bool(turn.entities))
        return True

    def _is_other_task(self, turn: Turn) -> bool:
        """Plainly something else than the open form, and not a correction of it."""
        stack = self.floor.agenda.stack
        if turn.intent not in TASKS or any(form.name == turn.intent for form in stack):
            return False
        if turn.intent == "confirm_appointment" or stack[-1].name in ("reminder", "freed_time"):
            return False
        if stack[-1].name == "cancel" and turn.intent == "move":
            return False
        corrects = turn.intent in ("book", "move", "waiting_list") and any(
            form.name in ("book", "move") for form in stack
        )
        return not corrects and turn.confidence >= 0.5

    def _task(self, turn: Turn, talk: Talk) -> bool:
        sure = turn.confidence >= SURE or not self.floor.agenda.stack
        if turn.intent in TASKS and sure and not self.floor.agenda.holds(turn.intent):
            return self._start(turn.intent, turn, talk)
        if not self.floor.agenda.stack and self.memory.topic == "nearest_branch" and turn.first("place"):
            return self._start("nearest_branch", turn, talk)
        wishes = any(turn.first(kind) for kind in WISHES)
        if not self.floor.agenda.stack and wishes and turn.intent in ("inform", "correct", "affirm", ""):
            return self._start("book", turn, talk)
        return False

    def _start(self, intent: str, turn: Turn, talk: Talk) -> bool:
        self.memory.progress()
        if intent == "opening_hours":
            answer_hours(turn, talk)
            self.floor.root(talk)
            return True
        self._for_whom(turn)
        form = TASKS[intent]()
        if intent in ("book", "move", "cancel") and not turn.keypad and not self.floor.agenda.stack:
            talk.say(f"start_{intent}")
        self.floor.agenda.begin(form, None if turn.keypad else turn, talk)
        if turn.keypad:
            form.take(Turn(""), talk)
        self.floor.go_on(talk)
        return True

    def _for_whom(self, turn: Turn) -> None:
        """ "And my daughter's appointment?": whoever was confirmed before is somebody else."""
        another = turn.says(ANOTHER)
        if another or (self.memory.for_another and turn.says(MYSELF)):
            self.memory.identity = Identity(tries=self.memory.identity.tries)
            self.memory.for_another = another

    def _aside(self, turn: Turn, talk: Talk) -> bool:
        command = commands.LAST.get(turn.intent)
        if command is None:
            if turn.intent == "call_later" and not self.floor.agenda.stack:
                self.floor.need_person("the caller would like to be called back")
                return True
            return False
        command(turn, talk, self.floor)
        return True


def _by_number(turn: Turn, talk: Talk) -> Turn:
    """ "The second" of a few options is that option, and no second of the month."""
    question = talk.question
    if question is None or question.expect.kind != "choice" or not question.options or turn.option:
        return turn
    place = ordinal(turn)
    if place is None or question.slot == "offer":
        return turn
    option = place % len(question.options) + 1
    return replace(turn, option=option, entities=(), intent="inform")
