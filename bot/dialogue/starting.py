"""The open form goes on with what was said, or a new task begins."""

from __future__ import annotations

from bot.dialogue.agenda import ROOTS
from bot.dialogue.floor import Floor
from bot.dialogue.memory import Identity
from bot.dialogue.skill import Talk
from bot.dialogue.skills.answering import answer_hours
from bot.dialogue.skills.booking import BookingForm
from bot.dialogue.skills.scripted import ScriptedForm
from bot.dialogue.turn import Turn
from bot.dialogue.wares import named, ordered, pointed_at

SURE = 0.6
"""Least confidence of an intent that leaves an open form for another one."""

OTHER = 0.5
"""From which on a sentence is kept from an open form, as it plainly is about something else."""

RELATIVE = (
    r"(my|our) (\w+ )?(son|daughter|husband|wife|partner|mother|father|mum|dad|child|kid|kids|children|boy|girl|"
    r"grandson|granddaughter|sister|brother|grandmother|grandfather|nan|gran)('s|s)?"
)
ANOTHER = (
    rf"(for|book|bring|move|cancel) {RELATIVE}|{RELATIVE} (next |dental )?(appointment|check|booking|has|needs|is)|"
    r"for (someone|somebody) else|another person"
)
MYSELF = r"mine|my own|myself|for me|my appointment"

OTHERWISE = r"who|why|what('s| is| was| were| did| are)|where|which|tell me|how (many|long|old|far|did|do|does)"

WISHES = ("service", "staff", "role", "date", "time", "branch")


class Starting:
    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.memory = floor.memory

    def go_on(self, turn: Turn, talk: Talk) -> bool:
        top = self.floor.agenda.top
        if top is None or self._is_other_task(turn):
            return False
        if not self.floor.agenda.take(turn, talk):
            return False
        self._go_on(turn, talk)
        return True

    def plainly_answers(self, turn: Turn, talk: Talk) -> bool:
        top = self.floor.agenda.top
        return isinstance(top, ScriptedForm) and top.answers(turn, talk)

    def go_on_with(self, turn: Turn, talk: Talk) -> bool:
        """As `go_on`, when the turn is known to be the answer."""
        taken = self.floor.agenda.take(turn, talk)
        if taken:
            self._go_on(turn, talk)
        return taken

    def _go_on(self, turn: Turn, talk: Talk) -> None:
        if talk.corrected and not talk.says:
            talk.say("corrected")
        self.floor.go_on(talk, noted=bool(turn.entities))

    def _is_other_task(self, turn: Turn) -> bool:
        """Plainly something else than the open form, and not a correction of it."""
        stack = self.floor.agenda.stack
        if turn.intent not in self.floor.agenda.tasks or any(form.name == turn.intent for form in stack):
            return False
        if turn.intent == "confirm_appointment" or stack[-1].name in ("reminder", "freed_time"):
            return False
        if stack[-1].name == "cancel" and turn.intent == "move":
            return False
        corrects = turn.intent in ("book", "move", "waiting_list") and any(
            form.name in ("book", "move") for form in stack
        )
        return not corrects and turn.confidence >= OTHER

    def take_order(self, turn: Turn, talk: Talk) -> bool:
        """Nothing but things that can be ordered, or "I'll take one" of what was just asked about."""
        floor, memory = self.floor, self.memory
        if floor.agenda.stack or (talk.asked and talk.asked not in ROOTS):
            return False
        skill = ordered(floor.skills, turn)
        if skill:
            return self.start(skill, turn, talk)
        about, memory.thing = memory.thing, ("", "")
        said = pointed_at(turn, about[1]) if about[0] and not turn.no else None
        if said is None:
            memory.thing = next(iter(named(floor.skills, turn).items()), about)
            return False
        return self.start(about[0], said, talk)

    def begin(self, turn: Turn, talk: Talk) -> bool:
        sure = turn.confidence >= SURE or not self.floor.agenda.stack
        if turn.intent in self.floor.agenda.tasks and sure and not self.floor.agenda.holds(turn.intent):
            return self.start(turn.intent, turn, talk)
        if not self.floor.agenda.stack and self.memory.topic == "nearest_branch" and turn.first("place"):
            return self.start("nearest_branch", turn, talk)
        wishes = any(turn.first(kind) for kind in WISHES) and not self._asks_otherwise(turn)
        if not self.floor.agenda.stack and wishes and turn.intent in ("inform", "correct", "affirm", ""):
            return self.start("book", turn, talk)
        return False

    def _asks_otherwise(self, turn: Turn) -> bool:
        """ "Who won last night?": a question that only happens to name a day."""
        return turn.intent == "" and turn.says(OTHERWISE) and not (turn.first("service") or turn.first("staff"))

    def start(self, intent: str, turn: Turn, talk: Talk) -> bool:
        self.memory.progress()
        if intent == "opening_hours":
            answer_hours(turn, talk)
            self.floor.root(talk)
            return True
        self._for_whom(turn)
        form = self.floor.agenda.tasks[intent]()
        if isinstance(form, BookingForm):
            form.search.slots.service = self._talked_about(turn, talk)
        if talk.wording.knows(f"start_{intent}") and not turn.keypad and not self.floor.agenda.stack:
            talk.say(f"start_{intent}")
        self.floor.agenda.begin(form, None if turn.keypad else turn, talk)
        if turn.keypad:
            form.take(Turn(""), talk)
        self.floor.go_on(talk)
        return True

    def _talked_about(self, turn: Turn, talk: Talk) -> str | None:
        """ "How much is whitening?" – "Can I book one?"."""
        service = self.memory.topic.removeprefix("faq/price_").removesuffix("_info")
        if turn.first("service") or not turn.says("one|it|that|this"):
            return None
        return service if service in talk.business.services else self.memory.service_id

    def _for_whom(self, turn: Turn) -> None:
        """ "And my daughter's appointment?": whoever was confirmed before is somebody else."""
        another = turn.says(ANOTHER)
        if another or (self.memory.for_another and turn.says(MYSELF)):
            self.memory.identity = Identity(tries=self.memory.identity.tries)
            self.memory.for_another = another
