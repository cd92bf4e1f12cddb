"""When an answer does not help: asked differently once, the keypad offered, then a person; silence is let go kindly.

What is none of our business is told so kindly, with what is.
"""

from __future__ import annotations

import re

from bot.dialogue.escalation import judge
from bot.dialogue.floor import Floor
from bot.dialogue.guessing import Guessing
from bot.dialogue.skill import Talk
from bot.dialogue.skills.freed import FreedTimeForm
from bot.dialogue.skills.reminder import ReminderForm
from bot.dialogue.skills.ring_me import RingMeForm
from bot.dialogue.turn import Turn

HARDLY_HEARD_MS = 1_000
"""Of our sentence, when the caller cut in: no wonder the answer does not fit."""

PATIENT_SILENCES = 4
LAST_SILENCE = 3
TRYING_SILENCES = 20
"""While the caller tries something: two minutes or so (`[turns]` has how long a silence is), then they are asked."""
STILL_HERE_EVERY = 5

BEYOND = re.compile(
    r"^(?:(?:um|uh|er|oh|well|so|okay|and|but|actually|sorry|hey|hello|hi|please|just)\b ?)*"
    r"(?:what|who|how|when|where|which|whose|tell me|(?:can|could|do|does|did|are|is|will|would|have|has) "
    r"(?:you|he|she|it|they|there|the|your|my|a|an)\b|i(?:'d| would| want| need| wanted)\b)"
)
"""A question or a wish, not an answer that was misheard."""
BEYOND_WORDS = 4
NAMED_BESIDES = ("date", "time", "number", "place")
"""Values that are in any sentence: "who won last night?"."""
WELL_HEARD = 0.6


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
        elif self._is_beyond(turn, talk):
            talk.say("beyond_me")
            floor.prompt = floor.question.text if floor.question else ""
        elif memory.strikes == 1 and self.guessing.ask(turn, talk):
            return
        elif memory.strikes == 1:
            talk.say("not_understood")
            floor.ask_again()
        else:
            talk.say("not_understood_keypad")
            floor.prompt = floor.question.keypad if floor.question else ""

    def _is_beyond(self, turn: Turn, talk: Talk) -> bool:
        """Heard well, and nothing of ours: "what's the weather on Mars?", whatever was asked."""
        taken = turn.intent or turn.without_entities(*NAMED_BESIDES).entities or self.guessing.may_guess(turn, talk)
        if turn.keypad or taken or turn.heard < WELL_HEARD:
            return False
        return len(turn.text.split()) >= BEYOND_WORDS and BEYOND.search(turn.text) is not None

    def silence(self, talk: Talk) -> None:
        """Asked again, then the keypad, then let go kindly; a machine gets a message."""
        floor, memory = self.floor, self.memory
        memory.silences += 1
        if floor.question and floor.question.leaves_time and self._leaves_time(talk):
            return
        if memory.waiting and memory.silences < PATIENT_SILENCES:
            if memory.silences == 2:
                talk.say("still_here")
            floor.prompt = ""
            return
        memory.all_silences += 1
        count = memory.silences - (PATIENT_SILENCES - 1 if memory.waiting else 0)
        top = floor.agenda.top
        if isinstance(top, RingMeForm) and count >= 2:
            top.declined = True
            floor.go_on(talk)
        elif isinstance(top, ReminderForm | FreedTimeForm) and top.person.right is None and count >= 2:
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

    def _leaves_time(self, talk: Talk) -> bool:
        """False when they had enough of it, and are asked what came of it."""
        floor, silences = self.floor, self.memory.silences
        floor.prompt = ""
        if silences < TRYING_SILENCES:
            if silences % STILL_HERE_EVERY == 0:
                talk.say("still_here")
            return True
        self.memory.progress()
        if not floor.agenda.take(Turn("done"), talk):
            return False
        floor.go_on(talk)
        return True
