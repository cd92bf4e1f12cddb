"""Who is who: nobody is let in because they were nearly right."""

from __future__ import annotations

import datetime as dt

from bot.appointments.model import Customer
from bot.dialogue.proof import named, proven
from bot.dialogue.turn import Turn
from tests.unit.dialogue.fakes import entity

TODAY = dt.date(2026, 3, 9)
ANNA = Customer(1, "Anna Smith", "+447700900123", dt.date(1984, 3, 14), "SE10 9GB")
TOM = Customer(2, "Thomas Smith", "+447700900123", dt.date(1984, 3, 14), "TW9 2NA")
FAMILY = (ANNA, TOM)


def born(day: dt.date) -> Turn:
    return Turn("", entities=(entity("birth_date", day),))


def test_the_same_birth_date_fits_both_twins() -> None:
    assert proven(born(dt.date(1984, 3, 14)), FAMILY, TODAY) == [ANNA, TOM]


def test_a_day_beside_it_proves_nothing() -> None:
    assert proven(born(dt.date(1984, 3, 15)), FAMILY, TODAY) == []


def test_a_postcode_proves_in_any_writing() -> None:
    assert proven(Turn("", entities=(entity("postcode", "se109gb"),)), FAMILY, TODAY) == [ANNA]


def test_what_the_recogniser_heard_second_counts_when_it_fits_exactly() -> None:
    misheard = Turn(
        "the fortieth of march", alternatives=("fourteenth of march eighty five", "fourteenth of march eighty four")
    )
    assert proven(misheard, FAMILY, TODAY) == [ANNA, TOM]
    assert proven(Turn("s e ten", alternatives=("s e ten nine g b",)), FAMILY, TODAY) == [ANNA]


def test_the_best_hypothesis_goes_before_the_others() -> None:
    other = Customer(3, "Ben Smith", "", dt.date(1985, 3, 14))
    turn = Turn(
        "", entities=(entity("birth_date", other.birth_date),), alternatives=("fourteenth of march eighty four",)
    )
    assert proven(turn, (*FAMILY, other), TODAY) == [other]


def test_someone_without_a_birth_date_or_postcode_on_file_is_never_proven() -> None:
    assert proven(born(dt.date(1984, 3, 14)), (Customer(4, "Nobody", ""),), TODAY) == []


def test_a_first_name_is_found_by_its_letters_and_by_its_sound() -> None:
    assert named("Anna", Turn("anna"), FAMILY, TODAY) == [ANNA]
    assert named("Hannah", Turn("hannah"), FAMILY, TODAY) == [ANNA]
    assert named("Winifred", Turn("winifred"), FAMILY, TODAY) == []
