"""Who is calling: known people are confirmed before anything personal is said, new ones leave name and number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.appointments.model import Customer
from bot.appointments.phones import e164
from bot.dialogue import naming, spoken
from bot.dialogue.question import Option, Question
from bot.dialogue.skill import Done, GiveUp, Step, Talk
from bot.dialogue.turn import Turn
from bot.nlu.understanding import DateMention

TRIES = 3
SPELLINGS = 2
REFERENCE_DIGITS = 5


@dataclass(slots=True)
class IdentityForm:
    """`may_be_new`: somebody unknown is written down instead of being turned away."""

    may_be_new: bool = True
    name: str = "identity"
    candidates: tuple[Customer, ...] | None = None
    """Those it could be; None before anybody looked."""
    new: bool = False
    asked_new: bool = False
    full_name: str = ""
    name_right: bool = False
    spellings: int = 0
    phone: str = ""
    phone_right: bool = False
    other_phone: bool = False
    birth_date: dt.date | None = None
    matched: tuple[Customer, ...] = ()
    """Several with this birth date at this number: twins."""
    by_postcode: bool = False
    failed: bool = False

    # Taking --------------------------------------------------------------------------------

    def take(self, turn: Turn, talk: Talk) -> bool:
        if talk.asked == "been_before" and _birth_dates(turn, talk.today):
            return self._take_proof(turn, talk)
        if self.may_be_new and turn.says(
            "new (patient|client|customer|here)|never been|first time|not registered|i'm new"
        ):
            self.new = True
            return True
        match talk.asked:
            case "birth_date" | "postcode" | "birth_date_new":
                return self._take_proof(turn, talk)
            case "find_me":
                return self._take_number(turn, talk)
            case "which_person" | "name" | "spell":
                return self._take_name(turn, talk)
            case "been_before" | "name_right" | "phone_right" | "same_phone":
                return self._take_yes_no(turn, talk)
            case "phone":
                return self._take_phone(turn, talk)
        return False

    def _take_proof(self, turn: Turn, talk: Talk) -> bool:
        dates = _birth_dates(turn, talk.today)
        postcode = turn.first("postcode")
        if self.new:
            self.birth_date = dates[0] if dates and dates[0] < talk.today else None
            return self.birth_date is not None
        if not dates and postcode is None:
            if turn.says("postcode|post code"):
                self.by_postcode = True
                return True
            return False
        code = _compact(str(postcode.value)) if postcode else ""
        matches = [
            each
            for each in self.candidates or ()
            if each.birth_date in dates or (code and code == _compact(each.postcode))
        ]
        self._decide(matches, "birth date" if dates else "postcode", talk)
        return True

    def _decide(self, matches: Sequence[Customer], how: str, talk: Talk) -> None:
        if len(matches) == 1:
            _confirm(talk, matches[0], f"number or reference known, {how} confirmed")
        elif matches:
            self.matched = tuple(matches)
        else:
            talk.memory.identity.tries += 1
            self.failed = True
            self.by_postcode = not self.by_postcode
            if talk.memory.identity.tries < TRIES:
                talk.say("no_match")

    def _take_number(self, turn: Turn, talk: Talk) -> bool:
        """A booking reference, or the number we have of them."""
        digits = naming.digits_in(turn)
        if not digits:
            return False
        if len(digits) == REFERENCE_DIGITS:
            appointment = talk.desk.with_reference(digits)
            self.candidates = (appointment.customer,) if appointment else ()
        else:
            self.candidates = tuple(talk.desk.customers_with_phone(digits))
        if not self.candidates:
            talk.memory.identity.tries += 1
            talk.say("number_unknown")
        return True

    def _take_name(self, turn: Turn, talk: Talk) -> bool:
        if turn.option is not None:  # by keypad: the name is taken down at the visit
            self.full_name, self.name_right = f"Caller {talk.memory.caller[-4:]}".strip(), True
            return True
        name = (naming.letters_in(turn) if talk.asked == "spell" else "") or naming.name_in(turn)
        if not name:
            return False
        if talk.asked == "which_person":
            first = name.split()[0].lower()
            self._decide(
                [each for each in self.matched if first in each.name.lower().split()], "birth date and name", talk
            )
            self.matched = () if self.failed else self.matched
            return True
        if talk.asked == "spell" and self.full_name and naming.letters_in(turn):
            name = " ".join([*self.full_name.split()[:-1][:1], name]) if " " in self.full_name else name
        self.full_name, self.name_right = name, False
        return True

    def _take_yes_no(self, turn: Turn, talk: Talk) -> bool:
        if not (turn.yes or turn.no):
            return self._take_correction(turn, talk)
        match talk.asked:
            case "been_before":
                self.new = turn.no
            case "name_right" if turn.yes:
                self.name_right = True
            case "name_right":
                self.spellings += 1
                self._take_correction(turn, talk)
            case "phone_right" if turn.yes:
                self.phone, self.phone_right = self.phone or talk.memory.caller, True
            case "phone_right":
                self.phone, self.other_phone = "", True
                self._take_phone(turn, talk)
        return True

    def _take_correction(self, turn: Turn, talk: Talk) -> bool:
        """ "No, Anna Smyth" · "no, oh seven seven …"."""
        if talk.asked == "phone_right":
            return self._take_phone(turn, talk)
        name = naming.full_name_in(turn) if talk.asked == "name_right" else ""
        self.full_name = name or self.full_name
        self.spellings -= bool(name)
        return bool(name)

    def _take_phone(self, turn: Turn, talk: Talk) -> bool:
        number = _full_number(naming.digits_in(turn), talk)
        self.phone, self.other_phone = number, True
        return bool(number)

    # Next step --------------------------------------------------------------------------------

    def step(self, talk: Talk) -> Step:
        if talk.memory.identity.known:
            return Done()
        if talk.memory.identity.tries >= TRIES:
            return GiveUp("the caller's identity could not be confirmed")
        if self.candidates is None:
            caller = talk.memory.caller
            self.candidates = tuple(talk.desk.customers_with_phone(caller)) if caller else ()
        if self.new or (not self.candidates and self.may_be_new):
            return self._write_down(talk)
        if not self.candidates:
            return talk.ask("find_me", "digits")
        return self._prove(talk)

    def _prove(self, talk: Talk) -> Step:
        if not any(each.birth_date or each.postcode for each in self.candidates or ()):
            return GiveUp("there is nothing on file to confirm the caller with")
        if self.matched:
            return talk.ask("which_person", "name")
        if self.failed and self.may_be_new and not self.asked_new:
            self.asked_new = True
            return talk.ask("been_before", "yes_no")
        if self.by_postcode and any(each.postcode for each in self.candidates or ()):
            return talk.ask("postcode", "free", digits=8)
        return talk.ask("birth_date", "date", digits=8)

    def _write_down(self, talk: Talk) -> Step:
        self.new = True
        if not self.full_name:
            return talk.ask("name", "name", options=[Option("later", "giving your name at the visit")])
        if not self.name_right:
            return self._check_name(talk)
        if not self.phone_right:
            return self._ask_phone(talk)
        return self._birth_date_or_done(talk)

    def _check_name(self, talk: Talk) -> Question:
        """Read back; refused, it is spelled; refused again, it is taken as it is and checked by a person later."""
        if self.spellings > SPELLINGS:
            self.name_right = True
            return self._ask_phone(talk)
        if self.spellings and talk.asked == "name_right" and talk.question:
            return talk.ask("spell", "name", options=[Option("later", "giving your name at the visit")])
        return talk.ask("name_right", "yes_no", words={"name": self.full_name})

    def _ask_phone(self, talk: Talk) -> Question:
        if self.phone:
            return talk.ask("phone_right", "yes_no", words={"phone": spoken.phone(self.phone)})
        calling_from = _full_number(talk.memory.caller, talk)
        if calling_from and not self.other_phone:
            self.phone = calling_from
            same = talk.ask("same_phone", "yes_no", words={"phone": spoken.phone(self.phone)})
            return _as(same, "phone_right")
        return talk.ask("phone", "digits")

    def _birth_date_or_done(self, talk: Talk) -> Step:
        if self.birth_date is None:
            question = talk.ask("birth_date_new", "date", digits=8)
            return question
        known = [each for each in talk.desk.customers_with_phone(self.phone) if each.birth_date == self.birth_date]
        if known:
            _confirm(talk, known[0], "number and birth date match our records")
        else:
            customer = talk.desk.add_customer(self.full_name, self.phone, birth_date=self.birth_date)
            _confirm(talk, customer, "new, gave name, number and birth date")
        return Done()

    def back(self, talk: Talk) -> bool:
        if self.phone_right:
            self.phone, self.phone_right = "", False
        elif self.full_name:
            self.full_name, self.name_right = "", False
        else:
            return False
        return True

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {key: value for key, value in {"name": self.full_name, "phone": self.phone}.items() if value}


def _confirm(talk: Talk, customer: Customer, how: str) -> None:
    identity = talk.memory.identity
    identity.customer, identity.confirmed, identity.how = customer, True, how
    talk.say("thanks_name", name=customer.name.split()[0])


def _birth_dates(turn: Turn, today: dt.date) -> list[dt.date]:
    """All readings of the date that was said, best first."""
    found: list[dt.date] = []
    for entity in turn.all("birth_date"):
        found += [value for value in (entity.value, *entity.others) if isinstance(value, dt.date)]
    for entity in turn.all("date"):
        if isinstance(entity.value, DateMention) and entity.value.first == entity.value.last < today:
            found.append(entity.value.first)
    return found


def _compact(postcode: str) -> str:
    return "".join(postcode.upper().split())


def _as(question: Question, slot: str) -> Question:
    return Question(slot, question.text, question.again, question.keypad, question.expect, question.options)


def _full_number(digits: str, talk: Talk) -> str:
    """E.164, "" for what cannot be a whole number (ITU-T E.164: at most 15 digits)."""
    number = e164(talk.business, digits) if digits else ""
    return number if number.startswith("+") and 9 <= len(number) <= 16 else ""
