"""Who is calling: known people are confirmed before anything personal is said, new ones leave name and number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.appointments.model import Customer
from bot.dialogue import naming
from bot.dialogue.proof import birth_dates, confirm, named, proven
from bot.dialogue.skill import Begin, Done, GiveUp, Step, Talk
from bot.dialogue.skills.new_proof import NewProof
from bot.dialogue.skills.newcomer import NewcomerForm, wishes_otherwise
from bot.dialogue.turn import Turn

TRIES = 3
REFERENCE_DIGITS = 5
NEW_HERE = (
    r"new (patient|client|customer|here)|never been|(my |our )?first (time|visit)|not registered|i'm new|"
    r"not (on|in) (your|the) (books|files|system|records)"
)
UNWILLING = r"rather not|(won't|will not|don't want to|not going to|not comfortable)( \w+)? (say|tell|giv\w+|shar\w+)"


@dataclass(slots=True)
class IdentityForm:
    """`may_be_new`: somebody unknown is written down instead of being turned away."""

    may_be_new: bool = True
    name: str = "identity"
    candidates: tuple[Customer, ...] | None = None
    """Those it could be; None before anybody looked."""
    new: bool = False
    asked_new: bool = False
    matched: tuple[Customer, ...] = ()
    """Several with this birth date at this number: twins."""
    unproven: NewProof = field(default_factory=NewProof)
    """A birth date or postcode nobody here has; somebody new need not say it again."""
    by: str = ""
    """What is asked for, "birth date" or "postcode"; "": what this business asks first."""
    failed: bool = False
    unwilling: bool = False
    no_reference: bool = False
    """The caller does not know it …"""
    no_number: bool = False
    """… nor the number we have of them."""

    # Taking --------------------------------------------------------------------------------

    def take(self, turn: Turn, talk: Talk) -> bool:
        if talk.asked == "been_before" and birth_dates(turn, talk.today):
            self.asked_new = True
            return self._take_proof(turn, talk)
        if talk.asked == "been_before" and wishes_otherwise(turn):
            return False
        if self.may_be_new and turn.says(NEW_HERE):
            self.new = True
            return True
        if talk.asked in ("birth_date", "postcode", "find_me") and not turn.entities:
            if turn.says("why"):
                talk.say("why_identity")
                return True
            if turn.says(UNWILLING):
                self.unwilling = True
                return True
        match talk.asked:
            case "birth_date" | "postcode":
                return self._take_proof(turn, talk)
            case "find_me" | "find_me_phone":
                return self._take_number(turn, talk)
            case "which_person":
                return self._take_which(turn, talk)
            case "been_before" if turn.yes or turn.no:
                self.asked_new, self.new = True, turn.no
                return True
        return False

    def _take_proof(self, turn: Turn, talk: Talk) -> bool:
        matches = proven(turn, self.candidates or (), talk.today)
        dates = birth_dates(turn, talk.today)
        if not matches and not dates and turn.first("postcode") is None:
            if _does_not_know(turn) and self._has_both():
                self.by = "birth date" if self._asked_for(talk) == "postcode" else "postcode"
                return True
            rather = turn.says("postcode|post code")
            self.by = "postcode" if rather else self.by
            return rather
        said = turn.first("postcode")
        self.unproven = NewProof() if matches else NewProof(next(iter(dates), None), str(said.value) if said else "")
        self._decide(matches, "birth date" if dates else "postcode", talk)
        return True

    def _decide(self, matches: Sequence[Customer], how: str, talk: Talk) -> None:
        if len(matches) == 1:
            confirm(talk, matches[0], f"number or reference known, {how} confirmed")
        elif matches:
            self.matched = tuple(matches)
        else:
            talk.memory.identity.tries += 1
            self.failed = True
            self.by = "birth date" if self._asked_for(talk) == "postcode" else "postcode"
            if talk.memory.identity.tries < TRIES:
                talk.say("no_match")

    def _take_number(self, turn: Turn, talk: Talk) -> bool:
        """A booking reference, or the number we have of them."""
        digits = naming.digits_in(turn)
        if not digits:
            unknown = _does_not_know(turn)
            self.no_number = unknown and self.no_reference
            self.no_reference = self.no_reference or unknown
            return unknown
        if len(digits) == REFERENCE_DIGITS:
            appointment = talk.desk.with_reference(digits)
            self.candidates = (appointment.customer,) if appointment else ()
        else:
            self.candidates = tuple(talk.desk.customers_with_phone(digits))
        if not self.candidates:
            talk.memory.identity.tries += 1
            talk.say("number_unknown")
        return True

    def _take_which(self, turn: Turn, talk: Talk) -> bool:
        name = naming.name_in(turn)
        if not name:
            return False
        self._decide(named(name, turn, self.matched, talk.today), "birth date and name", talk)
        self.matched = () if self.failed else self.matched
        return True

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
            return Begin(NewcomerForm(proof=self.unproven), instead=True)
        if self.unwilling:
            return GiveUp("the caller would rather not be identified by us")
        if self.no_number:
            return GiveUp("the caller has neither a reference nor the number we have of them")
        if not self.candidates:
            return talk.ask("find_me_phone" if self.no_reference else "find_me", "digits")
        return self._prove(talk)

    def _prove(self, talk: Talk) -> Step:
        if not any(each.birth_date or each.postcode for each in self.candidates or ()):
            return GiveUp("there is nothing on file to confirm the caller with")
        if self.matched:
            return talk.ask("which_person", "name")
        if self.failed and self.may_be_new and not self.asked_new:
            return talk.ask("been_before", "yes_no")
        if self._asks_postcode(talk):
            return talk.ask("postcode" if self.by else "postcode_first", "free", digits=8).at("postcode")
        whose = "birth_date_other" if talk.memory.for_another else "birth_date"
        return replace(talk.ask(whose, "date", digits=8), slot="birth_date")

    def _has_both(self) -> bool:
        candidates = self.candidates or ()
        return any(each.birth_date for each in candidates) and any(each.postcode for each in candidates)

    def _asked_for(self, talk: Talk) -> str:
        return self.by or talk.business.identify_by

    def _asks_postcode(self, talk: Talk) -> bool:
        """Where there is one on file; where there are no birth dates, anyway."""
        candidates = self.candidates or ()
        dated = any(each.birth_date for each in candidates)
        return any(each.postcode for each in candidates) and (self._asked_for(talk) == "postcode" or not dated)

    def back(self, talk: Talk) -> bool:
        return False

    def leave(self, talk: Talk) -> None:
        return None

    def save(self) -> Mapping[str, str]:
        return {}


def _does_not_know(turn: Turn) -> bool:
    return turn.intent in ("dont_know", "deny") or turn.says(
        "don't (know|have|remember)|no idea|not sure|lost|forgotten|forgot"
    )
