"""What somebody new leaves, so that we know next time that it is them: their date of birth, or their postcode."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.appointments.model import Customer
from bot.dialogue.proof import birth_dates, compact
from bot.dialogue.question import Option, Question
from bot.dialogue.skill import Talk
from bot.dialogue.turn import Turn

AT_THE_VISIT = (Option("later", "giving it at the visit"),)
"""A postcode cannot be keyed in."""


@dataclass(slots=True)
class NewProof:
    birth_date: dt.date | None = None
    postcode: str = ""
    postcode_right: bool = False
    later: bool = False
    """They leave their postcode at the visit."""

    def take(self, turn: Turn, talk: Talk) -> bool:
        match talk.asked:
            case "birth_date_new":
                return self._take_birth_date(turn, talk)
            case "postcode_new":
                self.later = turn.option == 1
                return self._take_postcode(turn) or self.later
            case "postcode_new_right":
                return self._take_postcode_right(turn)
        return self._take_besides(turn, talk)

    def _take_besides(self, turn: Turn, talk: Talk) -> bool:
        """ "Sorry, it's the second of May", while something else is asked."""
        said_again = turn.first("birth_date") is not None and self.birth_date is not None
        return said_again and self._take_birth_date(turn, talk)

    def _take_birth_date(self, turn: Turn, talk: Talk) -> bool:
        born = next((day for day in birth_dates(turn, talk.today) if day < talk.today), None)
        self.birth_date = born or self.birth_date
        return born is not None

    def _take_postcode(self, turn: Turn) -> bool:
        said = turn.first("postcode")
        self.postcode = str(said.value) if said else self.postcode
        return said is not None

    def _take_postcode_right(self, turn: Turn) -> bool:
        if self._take_postcode(turn):
            return True
        self.postcode_right = turn.yes and not turn.no
        self.postcode = "" if turn.no else self.postcode
        return turn.yes or turn.no

    def due(self, talk: Talk) -> Question | None:
        """None when we will know them."""
        if talk.business.identify_by == "birth date":
            return None if self.birth_date else talk.ask("birth_date_new", "date", digits=8)
        if self.later or self.postcode_right:
            return None
        if self.postcode:
            return talk.ask("postcode_new_right", "yes_no", words={"postcode": self.postcode})
        return talk.ask("postcode_new", "free", options=AT_THE_VISIT)

    def of(self, customers: Sequence[Customer]) -> list[Customer]:
        """Those who have left the same before."""
        code = compact(self.postcode)
        return [
            each
            for each in customers
            if (self.birth_date and each.birth_date == self.birth_date) or (code and compact(each.postcode) == code)
        ]
