"""When an answer does not help: asked differently once, the keypad offered, then a person; silence is let go kindly."""

from __future__ import annotations

from bot.dialogue.agenda import ROOTS
from bot.dialogue.escalation import judge
from bot.dialogue.floor import Floor
from bot.dialogue.skill import Talk
from bot.dialogue.skills.freed import FreedTimeForm
from bot.dialogue.skills.reminder import ReminderForm
from bot.dialogue.turn import Turn

GUESS_FROM = 0.3
"""A task that is at least so likely is offered: "would you like to …?"."""

HARDLY_HEARD_MS = 1_000
"""Of our sentence, when the caller cut in: no wonder the answer does not fit."""

PATIENT_SILENCES = 4
LAST_SILENCE = 3


class Misheard:
    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.memory = floor.memory

    def not_understood(self, turn: Turn, talk: Talk, heard_ms: int | None) -> None:
        """Asked differently once, the keypad offered, then a person."""
        floor, memory = self.floor, self.memory
        if heard_ms is not None and heard_ms < HARDLY_HEARD_MS and memory.strikes == 0 and not memory.misunderstood:
            memory.misunderstood += 1
            floor.ask_again()
            return
        memory.strikes += 1
        memory.misunderstood += 1
        verdict = judge(memory.signs())
        if verdict.person:
            floor.need_person(*verdict.reasons)
        elif memory.strikes == 1 and self._guess(turn, talk):
            return
        elif memory.strikes == 1:
            talk.say("not_understood")
            floor.ask_again()
        else:
            talk.say("not_understood_keypad")
            floor.prompt = floor.question.keypad if floor.question else ""

    def _guess(self, turn: Turn, talk: Talk) -> bool:
        """At an open question, the most likely task is offered."""
        best = next(((intent, score) for intent, score in turn.ranking if intent in self.floor.agenda.tasks), None)
        if self.floor.agenda.stack or talk.asked not in ROOTS or best is None or best[1] < GUESS_FROM:
            return False
        if not talk.wording.knows(f"guess_{best[0]}"):
            return False
        self.floor.guess, self.floor.guessed = best[0], turn
        self.floor.ask(talk.ask("guess", "yes_no", words={"guess": talk.wording.text(f"guess_{best[0]}")}))
        return True

    def silence(self, talk: Talk) -> None:
        """Asked again, then the keypad, then let go kindly; a machine gets a message."""
        floor, memory = self.floor, self.memory
        memory.silences += 1
        if memory.waiting and memory.silences < PATIENT_SILENCES:
            if memory.silences == 2:
                talk.say("still_here")
            floor.prompt = ""
            return
        memory.all_silences += 1
        count = memory.silences - (PATIENT_SILENCES - 1 if memory.waiting else 0)
        top = floor.agenda.top
        if isinstance(top, ReminderForm | FreedTimeForm) and top.person.right is None and count >= 2:
            top.person.leave_message(talk)
            floor.finished = True
        elif count >= LAST_SILENCE:
            talk.say("goodbye_silent")
            floor.finished = True
        elif count == 2:
            talk.say("silent_keypad")
            floor.prompt = floor.question.keypad if floor.question else ""
        else:
            talk.say("silent")
            floor.ask_again()
