"""When an answer does not help: asked differently once, the keypad offered, then a person; silence is let go kindly."""

from __future__ import annotations

from bot.dialogue.escalation import judge
from bot.dialogue.floor import Floor
from bot.dialogue.guessing import Guessing
from bot.dialogue.skill import Talk
from bot.dialogue.skills.freed import FreedTimeForm
from bot.dialogue.skills.reminder import ReminderForm
from bot.dialogue.turn import Turn

HARDLY_HEARD_MS = 1_000
"""Of our sentence, when the caller cut in: no wonder the answer does not fit."""

PATIENT_SILENCES = 4
LAST_SILENCE = 3


class Misheard:
    def __init__(self, floor: Floor, guessing: Guessing) -> None:
        self.floor = floor
        self.guessing = guessing
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
        elif memory.strikes == 1 and self.guessing.ask(turn, talk):
            return
        elif memory.strikes == 1:
            talk.say("not_understood")
            floor.ask_again()
        else:
            talk.say("not_understood_keypad")
            floor.prompt = floor.question.keypad if floor.question else ""

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
