"""A skill from a file, as a form like any other: slots in any order, corrected at any time, read back, then done.

    steps ──▶ what is due: a sentence, a question, or an outcome ──▶ read-back ──▶ stored, then told

The way through the steps is walked anew at each turn from the values alone, so that a corrected answer leads on to
its own branch and leaves nothing behind of the other one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.appointments.model import Business
from bot.dialogue.before_asking import CALLING_FROM, WAIT, BeforeAsking, tried
from bot.dialogue.naming import full_number
from bot.dialogue.ordering import Ordering
from bot.dialogue.outcomes import perform
from bot.dialogue.question import Option, Question
from bot.dialogue.scripted_questions import ask_slot, confirmation, read_back
from bot.dialogue.scripted_words import all_words, told_values, written_values
from bot.dialogue.skill import Begin, Done, GiveUp, Step, Talk
from bot.dialogue.skills.identity import IdentityForm
from bot.dialogue.turn import Turn
from bot.dialogue.values import fits, passes, read_value
from bot.skills.model import WITHOUT_KEYS, Skill

MOST_REFUSED = 3
"""Values for one slot that its check refuses; then a person."""

CORRECTS = r"no|not|actually|change|make (it|that)|i mean|i meant|sorry|instead|rather|wrong|should be"
ADDS = rf"and|also|another|add|as well|too|plus|more|{CORRECTS}"
SKIPS = (
    r"skip|rather not|don't have (one|any|a|an)|haven't got (one|any|a|an)|none|leave it out|no thanks|no thank you|"
    r"no (name|e-?mail|mail|number|phone|address|postcode)|anonymous(ly)?|without (a |my )?name"
)
QUESTION = r"^(what|when|where|how|who|why|which|can|could|do|does|is|are|will)\b.*"
STOP = "stop"


@dataclass(slots=True)
class ScriptedForm:
    skill: Skill
    values: dict[str, str] = field(default_factory=dict)
    """Slot → value; "" for what the caller left out."""
    order: list[str] = field(default_factory=list)
    ordering: Ordering = field(default_factory=Ordering)
    before: BeforeAsking = field(default_factory=BeforeAsking)
    unread: str = ""
    """The slot to be read back before going on."""
    said: set[int] = field(default_factory=set)
    """Steps whose sentence was said."""
    refused: dict[str, int] = field(default_factory=dict)
    confirmed: str = ""
    changing: bool = False
    stopped: bool = False

    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.skill.id

    @property
    def wants(self) -> str:
        return self.skill.wants

    # Taking -------------------------------------------------------------------------------------

    def take(self, turn: Turn, talk: Talk) -> bool:
        part = talk.asked.removeprefix(f"{self.skill.id}.") if talk.asked.startswith(f"{self.skill.id}.") else ""
        slot, _, aspect = part.partition(".")
        if part == "change":
            return self._take_change(turn, talk)
        if slot == "confirm":
            return self._take_confirmation(turn, talk)
        if aspect == "right":
            return self._take_right(slot, turn, talk)
        if aspect in (CALLING_FROM, WAIT):
            return self._take_before(slot, aspect, turn, talk)
        if slot in self.skill.slots:
            return self._adds(slot, turn, talk) or self._take_slot(slot, aspect, turn, talk)
        elsewhere = talk.asked != "" and not (turn.intent == "correct" or turn.says(CORRECTS))
        return not elsewhere and self._take_besides("", turn, talk)

    def answers(self, turn: Turn, talk: Talk) -> bool:
        """Whether this is plainly the answer to the open question, and no question in between or another wish."""
        slot = talk.asked.removeprefix(f"{self.skill.id}.")
        if slot.endswith(f".{WAIT}") and tried(turn) is not None:
            return True
        if self._later_items(slot, turn):
            return True
        if turn.keypad or slot not in self.skill.slots or turn.says(QUESTION):
            return False
        kind = self.skill.slots[slot]
        if kind.kind == "items":
            return self.ordering.named(kind, turn)
        return kind.kind != "yes_no" and read_value(kind, turn, talk, asked=True) is not None

    def _take_slot(self, slot: str, aspect: str, turn: Turn, talk: Talk) -> bool:
        spec = self.skill.slots[slot]
        if spec.kind == "items":
            value = self.ordering.take(spec, self.values.get(slot, ""), aspect, turn, talk)
            return self._set(slot, value, talk) if value is not None else self._take_besides(slot, turn, talk)
        if self._skips(slot, turn):
            return self._set(slot, "", talk)
        value = read_value(spec, turn, talk, asked=True)
        if value is None:
            return self._take_besides(slot, turn, talk)
        taken = self._set(slot, value, talk)
        if spec.kind != "text":
            self._take_besides(slot, turn, talk)
        return taken

    def _take_before(self, slot: str, aspect: str, turn: Turn, talk: Talk) -> bool:
        if aspect == CALLING_FROM and self._skips(slot, turn):
            return self._set(slot, "", talk)
        value = self.before.take(self.skill, slot, aspect, turn, talk)
        if not value:
            return value is not None or self._take_besides(slot, turn, talk)
        taken = self._set(slot, value, talk)
        if value == full_number(talk.memory.caller, talk.business):
            self.unread = ""  # it was just read out
        return taken

    def _skips(self, slot: str, turn: Turn) -> bool:
        spec = self.skill.slots[slot]
        if not spec.skip:
            return False
        by_key = turn.keypad and turn.option == 1 and spec.kind in WITHOUT_KEYS
        unwilling = turn.intent == "dont_know" or turn.says(SKIPS)
        return by_key or (not turn.keypad and unwilling and not turn.first(spec.kind))

    def _set(self, slot: str, value: str, talk: Talk) -> bool:
        """Taken, or refused by the slot's check with the reason."""
        spec = self.skill.slots[slot]
        if not passes(spec, value, talk):
            self.refused[slot] = self.refused.get(slot, 0) + 1
            key = f"{self.skill.id}.{slot}.sorry"
            talk.say(key if talk.wording.knows(key) else "skill_value_refused")
            return True
        if self.values.get(slot) not in (None, value):
            self._forget_sayings(slot)
        self.values[slot] = value
        self.order = [*(each for each in self.order if each != slot), slot]
        self.unread = slot if spec.read_back and value else self.unread if self.unread != slot else ""
        self.confirmed = ""
        return True

    def _take_besides(self, asked: str, turn: Turn, talk: Talk, changes: bool = False) -> bool:
        """Other slots the same sentence fills; filled ones only when it changes something, or sounds so."""
        if turn.keypad:
            return False
        changes = changes or turn.intent == "correct" or turn.says(CORRECTS)
        kinds = {self.skill.slots[asked].kind} if asked else set()
        taken = False
        for slot, spec in self.skill.slots.items():
            filled = slot in self.values
            if slot == asked or spec.kind in kinds or (filled and (not changes or spec.kind == "items")):
                continue
            value = read_value(spec, turn, talk, asked=False)
            if value is None or value == self.values.get(slot):
                continue
            kinds.add(spec.kind)
            taken = self._set(slot, value, talk)
            talk.corrected = talk.corrected or filled
        return taken

    def _take_right(self, slot: str, turn: Turn, talk: Talk) -> bool:
        """ "Yes" · "no, it's …" · "no": then it is asked again."""
        spec = self.skill.slots[slot]
        said = None if turn.keypad or (turn.yes and not turn.no) else read_value(spec, turn, talk, asked=True)
        if said is not None and said != self.values.get(slot) and (turn.entities or turn.rest()):
            talk.corrected = True
            return self._set(slot, said, talk)
        if turn.no:
            talk.memory.rejected += 1
            self._empty(slot)
        elif turn.yes:
            self.unread = ""
        return turn.yes or turn.no

    def _take_confirmation(self, turn: Turn, talk: Talk) -> bool:
        """A changed value wins over "yes" and "no"."""
        if self._changes_order(turn, talk):
            return True
        if not (turn.yes and not turn.no) and self._take_besides("", turn, talk, changes=True):
            return True
        if turn.no:
            talk.memory.rejected += 1
            self.changing = True
        elif turn.yes:
            self.confirmed = talk.asked.rpartition(".")[2]
        return turn.yes or turn.no

    def _changes_order(self, turn: Turn, talk: Talk) -> bool:
        """ "No, make it three mesh routers"; "and a cable, please"."""
        for slot, spec in self.skill.slots.items():
            if spec.kind == "items" and slot in self.values and not turn.keypad and self.ordering.named(spec, turn):
                value = self.ordering.take(spec, self.values[slot], "more", turn, talk)
                talk.corrected = value is not None
                return value is not None and self._set(slot, value, talk)
        return False

    def _adds(self, asked: str, turn: Turn, talk: Talk) -> bool:
        """ "Oh, and a router too", while something else is asked: into the order, and what else was said with it."""
        if not self._later_items(asked, turn) or not self._changes_order(turn, talk):
            return False
        self._take_besides("", turn, talk)
        return True

    def _later_items(self, asked: str, turn: Turn) -> bool:
        kinds = self.skill.slots
        if turn.keypad or asked not in kinds or kinds[asked].kind in ("items", "text") or not turn.says(ADDS):
            return False
        return any(kinds[slot].kind == "items" and self.ordering.named(kinds[slot], turn) for slot in self.values)

    def _take_change(self, turn: Turn, talk: Talk) -> bool:
        """The name of what is wrong, or the right value at once."""
        options = self._changeable()
        named = options[turn.option - 1].value if turn.option and turn.option <= len(options) else ""
        if not named and self._take_besides("", turn, talk, changes=True):
            self.changing = False
            return True
        named = named or next((each.value for each in options if turn.says(each.label.removeprefix("the "))), "")
        named = named or (STOP if turn.no or turn.says("nothing|everything|forget it|leave it") else "")
        if not named:
            return False
        self.changing, self.stopped = False, named == STOP
        if not self.stopped:
            self._empty(named)
        return True

    def _empty(self, slot: str) -> None:
        self._forget_sayings(slot)
        self.values.pop(slot, None)
        self.order = [each for each in self.order if each != slot]
        self.unread = "" if self.unread == slot else self.unread
        self.before.again(self.skill, slot)
        if self.skill.slots[slot].kind == "items":
            self.ordering = Ordering()
        self.confirmed = ""

    def _forget_sayings(self, slot: str) -> None:
        """What was said after this question is said again on the way its new answer leads."""
        place = next((n for n, step in enumerate(self.skill.steps) if step.ask == slot), 0)
        self.said = {n for n in self.said if n < place}

    # The next step ---------------------------------------------------------------------------------

    def step(self, talk: Talk) -> Step:
        if self.stopped:
            talk.say("skill_stopped")
            return Done()
        if any(times >= MOST_REFUSED for times in self.refused.values()):
            return GiveUp(f"no usable answer to one question, while the caller wanted {self.skill.wants}")
        if self.changing:
            return self._ask_change(talk)
        if self.unread:
            return read_back(self.skill, self.unread, self.values, talk)
        return self._walk(talk)

    def _walk(self, talk: Talk) -> Step:
        given: dict[str, str] = {}
        for place, step in enumerate(self.skill.steps):
            if not step.when.holds(given):
                continue
            if step.say and place not in self.said:
                self.said.add(place)
                talk.say(f"{self.skill.id}.step.{place}", **all_words(self.skill, given, talk))
            if step.ask and (question := self._due(step.ask, given, talk)):
                return question
            if step.ask:
                given[step.ask] = self.values[step.ask]
            if step.finish:
                return self._finish(step.finish, given, talk)
        return GiveUp(f"there is no way on for a caller who wants {self.skill.wants}")

    def _due(self, slot: str, given: Mapping[str, str], talk: Talk) -> Question | None:
        spec = self.skill.slots[slot]
        if spec.kind == "items":
            question = self.ordering.due(self.skill, slot, self.values.get(slot, ""), given, talk)
            return question or (None if slot in self.values else ask_slot(self.skill, slot, given, talk))
        if slot in self.values:
            return None
        return self.before.due(self.skill, slot, given, talk) or ask_slot(self.skill, slot, given, talk)

    def _finish(self, outcome: str, given: Mapping[str, str], talk: Talk) -> Step:
        if self.skill.identify and talk.memory.identity.known is None:
            return Begin(IdentityForm())
        if self.skill.outcomes[outcome].confirm and self.confirmed != outcome:
            return confirmation(self.skill, outcome, given, talk)
        return perform(self, self.skill, outcome, given, talk)

    def _ask_change(self, talk: Talk) -> Question:
        options = self._changeable()
        labels = [option.label for option in options]
        return talk.ask("skill_change", "choice", options=options, phrases=labels, words={"what": _or(labels[:-1])}).at(
            f"{self.skill.id}.change"
        )

    def _changeable(self) -> list[Option]:
        slots = [slot for slot in self.order if slot in self.values][-8:]
        return [*(Option(slot, self.skill.label(slot)) for slot in slots), Option(STOP, "leaving it altogether")]

    def as_read(self, business: Business) -> list[str]:
        """What is filled in, as people read it."""
        return told_values(self.skill, self.values, business)

    # Leaving and keeping -----------------------------------------------------------------------------

    def back(self, talk: Talk) -> bool:
        self.changing = False
        if not self.order:
            return False
        self._empty(self.order[-1])
        return True

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return written_values(self.skill, self.values)

    def state(self) -> dict[str, str]:
        """Plain words that `resumed` reads back; empty while nothing was answered. What was not yet read back is asked
        again.
        """
        return {slot: self.values[slot] for slot in self.order if slot != self.unread}


def resumed(skill: Skill, saved: Mapping[str, str]) -> ScriptedForm:
    """As a caller who was cut off left it: what was said on the way is not said again."""
    values = {slot: value for slot, value in saved.items() if slot in skill.slots and fits(skill.slots[slot], value)}
    places = [place for place, step in enumerate(skill.steps) if step.ask in values]
    items = [slot for slot in values if skill.slots[slot].kind == "items"]
    ordering = Ordering(complete=bool(items) and items[-1] != list(values)[-1])
    return ScriptedForm(skill, values, list(values), ordering, said=set(range(max(places, default=0))))


def _or(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} or {labels[-1]}" if labels else ""
