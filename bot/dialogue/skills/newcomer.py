"""Somebody not on file leaves name, number and what proves it is them: corrected or spelled when it is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.appointments.model import Customer
from bot.dialogue import naming, spoken
from bot.dialogue.memory import Memory
from bot.dialogue.proof import confirm, named
from bot.dialogue.question import Option, Question
from bot.dialogue.skill import Done, GiveUp, Step, Talk
from bot.dialogue.skills.new_proof import NewProof
from bot.dialogue.skills.set_right import NEW
from bot.dialogue.turn import Turn

SPELLINGS = 2
"""After so many a person checks the name later."""

AT_THE_VISIT = (Option("later", "giving your name at the visit"),)
"""A name cannot be keyed in."""


@dataclass(slots=True)
class NewcomerForm:
    full_name: str = ""
    proof: NewProof = field(default_factory=NewProof)
    name: str = "identity"
    name_right: bool = False
    asked_last_name: bool = False
    spellings: int = 0
    phone: str = ""
    phone_right: bool = False
    other_phone: bool = False
    twins: tuple[Customer, ...] = ()
    """Several on file at this number with this proof, none of them or more than one of the name given."""
    which: str = ""
    """The first name they gave when asked which of these they are."""

    # Taking --------------------------------------------------------------------------------

    def take(self, turn: Turn, talk: Talk) -> bool:
        if talk.asked in ("last_name", "name_right", "phone_right") and wishes_otherwise(turn):
            return False
        match talk.asked:
            case "name" | "last_name" | "spell":
                return self._take_name(turn, talk)
            case "name_right":
                return self._take_name_right(turn)
            case "phone_right":
                return self._take_phone_right(turn, talk)
            case "phone":
                return self._take_phone(turn, talk)
            case "which_person":
                return self._take_which(turn, talk)
        return self.proof.take(turn, talk)

    def _take_name(self, turn: Turn, talk: Talk) -> bool:
        if turn.option is not None:  # by keypad: the name is taken down at the visit
            self.full_name, self.name_right = f"Caller {talk.memory.caller[-4:]}".strip(), True
            return True
        self.asked_last_name = self.asked_last_name or talk.asked == "last_name"
        if talk.asked == "last_name" and turn.no:
            return True
        spelled, heard = naming.spelled_in(turn) if talk.asked == "spell" else "", naming.name_in(turn)
        if spelled:
            self.full_name = naming.with_last_name(self.full_name, spelled)
        elif talk.asked == "last_name" and heard and " " not in heard:
            self.full_name = f"{self.full_name} {heard}"
        elif heard:
            self.full_name = heard
        self.name_right = False
        if heard and (turn.first("phone") or turn.says("number")):
            self._take_phone(turn, talk)
        return bool(heard or spelled)

    def _take_name_right(self, turn: Turn) -> bool:
        """ "Yes" · "no, it's Smythe" · "yes, but it's spelled …" · "no": then it is spelled."""
        corrected = naming.corrected(self.full_name, turn)
        if corrected:
            self.full_name = corrected
            return True
        self.name_right = turn.yes and not turn.no
        self.spellings += turn.no
        return turn.yes or turn.no

    def _take_phone_right(self, turn: Turn, talk: Talk) -> bool:
        if turn.yes and not turn.no:
            self.phone, self.phone_right = self.phone or talk.memory.caller, True
            return True
        if self._take_phone(turn, talk):
            return True
        if turn.no:
            self.phone, self.other_phone = "", True
        return turn.no

    def _take_phone(self, turn: Turn, talk: Talk) -> bool:
        number = naming.full_number(naming.digits_in(turn), talk.business)
        if number:
            self.phone, self.other_phone = number, True
        return bool(number)

    def _take_which(self, turn: Turn, talk: Talk) -> bool:
        name = naming.name_in(turn)
        if name:
            self.twins, self.which = tuple(named(name, turn, self.twins, talk.today)), name
        return bool(name)

    # Next step --------------------------------------------------------------------------------

    def step(self, talk: Talk) -> Step:
        self.full_name = self.full_name or talk.memory.said_name
        if not self.full_name:
            return talk.ask("name", "name", options=AT_THE_VISIT)
        if " " not in self.full_name and not self.asked_last_name:
            return talk.ask("last_name", "name", options=AT_THE_VISIT, words={"name": self.full_name})
        if not self.name_right and self.spellings <= SPELLINGS:
            return self._check_name(talk)
        if not self.phone_right:
            return self._ask_phone(talk)
        return self.proof.due(talk) or self._write_down(talk)

    def _check_name(self, talk: Talk) -> Question:
        """Read back; refused, it is spelled."""
        refused = self.spellings > 0 and talk.asked == "name_right" and talk.question is not None
        if refused and talk.question and self.full_name.lower() in talk.question.text.lower():
            return talk.ask("spell", "name", options=AT_THE_VISIT)
        return talk.ask("name_right", "yes_no", words={"name": self.full_name})

    def _ask_phone(self, talk: Talk) -> Question:
        if self.phone:
            return talk.ask("phone_right", "yes_no", words={"phone": spoken.phone(self.phone)})
        calling_from = naming.full_number(talk.memory.caller, talk.business)
        if calling_from and not self.other_phone:
            self.phone = calling_from
            return replace(
                talk.ask("same_phone", "yes_no", words={"phone": spoken.phone(self.phone)}), slot="phone_right"
            )
        return talk.ask("phone", "digits")

    def _write_down(self, talk: Talk) -> Step:
        if self.which:
            return self._one_of(self.twins, talk)
        born, postcode = self.proof.birth_date, self.proof.postcode
        known = self.proof.of(talk.desk.customers_with_phone(self.phone))
        if len(known) > 1:
            return self._which_of(known, talk)
        if known:
            confirm(talk, known[0], f"number and {'birth date' if born else 'postcode'} match our records")
        else:
            customer = talk.desk.add_customer(self.full_name, self.phone, birth_date=born, postcode=postcode)
            confirm(talk, customer, NEW)
        return Done()

    def _which_of(self, known: Sequence[Customer], talk: Talk) -> Step:
        """Twins: the one who is called as the caller said, else they are asked."""
        first = self.full_name.split()[0].lower()
        namesakes = [each for each in known if each.name.split()[0].lower() == first]
        if len(namesakes) == 1:
            return self._one_of(namesakes, talk)
        self.twins = tuple(known)
        return talk.ask("which_person", "name")

    def _one_of(self, known: Sequence[Customer], talk: Talk) -> Step:
        if len(known) != 1:
            return GiveUp("several people on file fit what the caller gave, and the name did not tell which")
        confirm(talk, known[0], "number, name and birth date or postcode match our records")
        return Done()

    def back(self, talk: Talk) -> bool:
        if self.phone_right:
            self.phone, self.phone_right = "", False
        elif self.full_name:
            self.full_name, self.name_right, self.asked_last_name = "", False, False
            talk.memory.said_name = ""
        else:
            return False
        return True

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {key: value for key, value in {"name": self.full_name, "phone": self.phone}.items() if value}


def wishes_otherwise(turn: Turn) -> bool:
    """ "No, make it Wednesday", asked whether name or number are right."""
    named = turn.says("it's|its|it is|is|name|spelled") or turn.first("phone")
    kinds = ("date", "time", "service") if named or not turn.no else ("date", "time", "service", "branch", "staff")
    return any(turn.first(kind) for kind in kinds)


def remember_name(turn: Turn, memory: Memory) -> None:
    """ "Hello, my name is Anna Smith, …": not asked again later."""
    memory.said_name = naming.volunteered(turn.text) or memory.said_name
