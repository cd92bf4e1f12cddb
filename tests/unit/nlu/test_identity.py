import datetime as dt

from bot.nlu.identity import Callers, Register

TODAY = dt.date(2022, 3, 15)
RECORDS = [
    {"customer_id": "1", "name": "Anna Smith", "dob": "1981-09-03", "postcode": "TQ6R 4FL"},
    {"customer_id": "2", "name": "Anne Smyth", "dob": "1990-01-20", "postcode": "M4 0QG"},
    {"customer_id": "3", "name": "Max Savage", "dob": "1971-12-31", "postcode": "EC6E 6YB"},
]


def callers() -> Callers:
    return Callers(Register.of(RECORDS), TODAY)


def test_one_badly_heard_name_is_not_enough() -> None:
    assert callers().hear("a", 0, "name", ["anna smith"])["customer_id"] is None


def test_name_birth_date_and_postcode_together_tell_who_it_is() -> None:
    line = callers()
    line.hear("a", 0, "name", ["mac's salvage", "max savage"])
    answer = line.hear("a", 1, "dob", ["thirty first of december nineteen seventy one"])
    assert (answer["customer_id"], answer["value"]) == ("3", "1971-12-31")


def test_two_people_who_sound_alike_are_told_apart_by_what_else_they_say() -> None:
    line = callers()
    line.hear("a", 0, "name", ["anne smith"])
    answer = line.hear("a", 1, "postcode", ["m for mother four zero q g", "m four oh q g"])
    assert answer["customer_id"] == "2"


def test_a_stranger_is_nobody() -> None:
    line = callers()
    line.hear("a", 0, "name", ["george brown"])
    line.hear("a", 1, "dob", ["first of june nineteen fifty"])
    assert line.hear("a", 2, "postcode", ["l k four two h w"])["customer_id"] is None


def test_callers_do_not_mix() -> None:
    line = callers()
    line.hear("a", 0, "name", ["max savage"])
    line.hear("a", 1, "dob", ["thirty first of december nineteen seventy one"])
    assert line.hear("b", 0, "name", [""])["customer_id"] is None


def test_nothing_heard_changes_nothing() -> None:
    answer = callers().hear("a", 0, "postcode", [])
    assert (answer["value"], answer["customer_id"]) == ("", None)
