"""What is to be done in this call: a stack of forms. Asked something in between, a form is left and resumed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from bot.dialogue.question import Question
from bot.dialogue.skill import Begin, Done, Form, GiveUp, Talk
from bot.dialogue.skills.answering import NearestForm
from bot.dialogue.skills.asking import AskingForm, ConfirmingForm
from bot.dialogue.skills.booking import BookingForm, WaitingForm
from bot.dialogue.skills.cancelling import CancellingForm
from bot.dialogue.skills.moving import MovingForm
from bot.dialogue.skills.scripted import ScriptedForm
from bot.dialogue.turn import Turn
from bot.skills.model import Skill

Tasks = Mapping[str, Callable[[], Form]]
"""Intent → how its form begins."""

TASKS: Tasks = {
    "book": BookingForm,
    "move": MovingForm,
    "cancel": CancellingForm,
    "ask_appointment": AskingForm,
    "confirm_appointment": ConfirmingForm,
    "waiting_list": WaitingForm,
    "nearest_branch": NearestForm,
}
"""Intents that start a form in every business."""


def tasks_with(skills: Mapping[str, Skill]) -> Tasks:
    """A skill may take the place of what is built in under its name."""
    return {**TASKS, **{key: partial(ScriptedForm, skill) for key, skill in skills.items()}}


ROOTS = ("how_help", "what_else", "anything_else")
"""Questions that belong to no form."""

LOOP_LIMIT = 20
"""Steps without a question; more would be a form that never ends."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """Nothing more to ask: hang up."""


@dataclass(slots=True)
class Agenda:
    stack: list[Form] = field(default_factory=list)
    tasks: Tasks = field(default_factory=lambda: TASKS)
    """What can be begun here: those above, and the skills of this business."""
    aside: list[Form] = field(default_factory=list)
    """Who is calling, half told when the wish below was corrected: gone on with, not asked from the start."""

    @property
    def top(self) -> Form | None:
        return self.stack[-1] if self.stack else None

    @property
    def top_name(self) -> str:
        """ "" when there is nothing to do."""
        return self.stack[-1].name if self.stack else ""

    def holds(self, name: str) -> bool:
        return any(form.name == name for form in self.stack)

    def begin(self, form: Form, turn: Turn | None, talk: Talk) -> None:
        """A new form on top, filled with what the starting sentence already says."""
        self.stack.append(form)
        if turn is not None:
            talk.question = None
            form.take(turn, talk)

    def take(self, turn: Turn, talk: Talk) -> bool:
        """The form on top first, then those below: a correction of the wish while we ask for the name."""
        for depth in range(len(self.stack) - 1, -1, -1):
            if self.stack[depth].take(turn, talk):
                above = self.stack[depth + 1 :]
                if above:
                    self.aside = above if all(form.name == "identity" for form in above) else []
                del self.stack[depth + 1 :]
                return True
        return False

    def advance(self, talk: Talk) -> Question | GiveUp | Farewell | None:
        """Up to the next question; None when there is nothing left to do."""
        for _ in range(LOOP_LIMIT):
            if not self.stack:
                return None
            step = self.stack[-1].step(talk)
            if isinstance(step, Question | GiveUp):
                return step
            if isinstance(step, Begin):
                if step.instead:
                    self.stack.pop()
                self.stack += self._left_aside(step.form)
                continue
            if self._finish(step, talk):
                return Farewell()
        return GiveUp("the conversation went round in circles")

    def _left_aside(self, begun: Form) -> list[Form]:
        """What was begun before and left, else the form itself."""
        aside, self.aside = self.aside, []
        return aside if aside and begun.name == "identity" else [begun]

    def _finish(self, step: Done, talk: Talk) -> bool:
        finished = self.stack.pop()
        if finished.name == "nearest_branch" and talk.memory.branch_id:
            self._use_branch(talk.memory.branch_id)
        if step.said_goodbye:
            return True
        if self.stack and finished.name != "identity" and talk.wording.knows(f"back_to_{self.stack[-1].name}"):
            talk.say(f"back_to_{self.stack[-1].name}")
        return False

    def _use_branch(self, branch_id: str) -> None:
        """Who asks for the nearest branch while booking wants to come there."""
        top = self.top
        if isinstance(top, BookingForm) and top.search.slots.is_open("branch") and top.search.slots.staff is None:
            top.search.slots.branch = branch_id
            top.search.slots.order.append("branch")

    def drop(self, talk: Talk) -> None:
        """The task on top, and what it needed."""
        self.aside = []
        while self.stack:
            form = self.stack.pop()
            form.leave(talk)
            if form.name != "identity":
                break

    def drop_all(self, talk: Talk) -> None:
        self.aside = []
        while self.stack:
            self.stack.pop().leave(talk)
