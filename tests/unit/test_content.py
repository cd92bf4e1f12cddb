"""Content files: what is read from them, and how every mistake is named. Files live in memory-sized tmp folders."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.appointments.model import Hours
from bot.content.business_file import e164, read_business
from bot.content.content import INTENTS, business_for, load_all, load_content, refuse_unknown_name
from bot.content.shelf import Shelf
from bot.content.yaml_form import MAX_BYTES, read_yaml
from bot.errors import ContentError

BUSINESS = """\
name: Corner Barber
timezone: Europe/London
numbers: ["01632 960123", "*"]
holidays: {country: GB, region: ENG, extra: {2026-06-01: our summer fair}}
exceptions:
  2026-12-24 to 2026-12-25: closed
  2026-12-28: 10:00-12:00
facts:
  phone: 01632 960123
branches:
  high_street:
    name: High Street
    spoken: [high street]
    address: 1 High Street
    hours:
      monday to friday: 09:00-12:30, 13:30-18:00
      saturday: 09:00-13:00
    places: [Old Town]
    postcodes: [ab1 2]
services:
  cut:
    name: hair-cut
    spoken: [haircut, trim]
    minutes: 30
    buffer: 5
    price: 18.50
    reminders: [2 hours, 1 day]
staff:
  tom:
    name: Tom
    spoken: [mister tom]
    role: barber
    services: [cut]
    hours:
      high_street:
        monday: 09:00-12:30
    away: [2026-08-03 to 2026-08-07]
"""
FAQ = """\
version: "3.1"
nlu:
- intent: faq/phone
  examples: |
    - what's your number
    - your [number](thing) please
responses:
  utter_faq/phone:
  - text: Our number is {phone}, and a cut is {price_cut}.
"""


def common_phrases() -> str:
    entries = [f"- intent: {intent}\n  examples: |\n    - phrase of {intent}\n" for intent in sorted(INTENTS)]
    return 'version: "3.1"\nnlu:\n' + "".join(entries)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "nlu_data"
    write_business(root / "barber")
    (root / "nlu.yml").write_text(common_phrases())
    return root


def write_business(folder: Path, business: str = BUSINESS, faq: str = FAQ) -> None:
    folder.mkdir(parents=True)
    (folder / "business.yml").write_text(business)
    (folder / "faq.yml").write_text(faq)


def complaint(path: Path, old: str, new: str) -> str:
    """What is said when `old` in a file is replaced by `new`."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(ContentError) as caught:
        load_content(path.parent)
    return caught.value.message


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_business_is_read_with_all_it_offers(root: Path) -> None:
    business = load_content(root / "barber").business
    assert (business.id, business.name, str(business.timezone)) == ("barber", "Corner Barber", "Europe/London")
    assert business.numbers == ("+441632960123", "*")
    branch, cut, tom = business.branches["high_street"], business.services["cut"], business.staff["tom"]
    assert branch.hours[4] == (Hours(dt.time(9), dt.time(12, 30)), Hours(dt.time(13, 30), dt.time(18)))
    assert 6 not in branch.hours
    assert (branch.places, branch.postcodes) == (("old town",), ("AB12",))
    assert (cut.minutes, cut.buffer_minutes, cut.price) == (30, 5, Decimal("18.50"))
    assert cut.reminders == (dt.timedelta(days=1), dt.timedelta(hours=2))
    assert cut.spoken == ("hair cut", "haircut", "trim")
    assert tom.hours["high_street"] == {0: (Hours(dt.time(9), dt.time(12, 30)),)}
    assert tom.away == ((dt.date(2026, 8, 3), dt.date(2026, 8, 7)),)
    assert (business.notice_minutes, business.horizon_days) == (60, 180)


def test_exceptions_and_public_holidays_are_known_by_day(root: Path) -> None:
    business = load_content(root / "barber").business
    assert business.exceptions[dt.date(2026, 12, 25)] == ()
    assert business.exceptions[dt.date(2026, 12, 28)] == (Hours(dt.time(10), dt.time(12)),)
    assert business.holidays[dt.date(2026, 4, 3)] == "Good Friday"
    assert business.holidays[dt.date(2026, 12, 28)] == "Boxing Day"  # the 26th is a Saturday
    assert business.holidays[dt.date(2026, 6, 1)] == "our summer fair"
    assert dt.date(2026, 11, 30) not in business.holidays  # Saint Andrew's Day is not kept in England


def test_phrases_answers_and_names_come_without_their_marks(root: Path) -> None:
    content = load_content(root / "barber")
    assert content.examples["faq/phone"] == ("what's your number", "your number please")
    assert content.faq["phone"].answer == "Our number is {phone}, and a cut is {price_cut}."
    assert content.business.facts["price_cut"] == "£18.50"
    assert content.vocabulary.names["staff"]["tom"] == ("tom", "mister tom")
    assert content.vocabulary.names["role"]["barber"] == ("barber",)
    assert content.vocabulary.names["place"]["old town"] == ("old town",)


def test_a_business_adds_phrases_and_replaces_wordings(root: Path) -> None:
    (root / "responses.yml").write_text("responses:\n  utter_a:\n  - text: common\n  utter_b:\n  - text: both {x}\n")
    (root / "barber" / "responses.yml").write_text("responses:\n  utter_a:\n  - text: own\n  - text: own too\n")
    (root / "barber" / "nlu.yml").write_text("nlu:\n- intent: book\n  examples: |\n    - cut my hair\n")
    content = load_content(root / "barber")
    assert content.responses == {"utter_a": ("own", "own too"), "utter_b": ("both {x}",)}
    assert content.examples["book"][:2] == ("phrase of book", "cut my hair")


def test_names_become_phrases_of_their_own_and_never_replace_what_was_written(root: Path) -> None:
    written = "nlu:\n- intent: cancel\n  examples: |\n    - with tom\n"
    (root / "barber" / "nlu.yml").write_text(written)
    examples = load_content(root / "barber").examples
    assert {"trim", "with mister tom", "the barber", "at high street please"} <= set(examples["inform"])
    assert {"can i book a trim", "i'd like a haircut"} <= set(examples["book"])
    assert {"cancel my haircut", "with tom"} <= set(examples["cancel"])
    assert "with tom" not in examples["inform"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes: 30", "minutes: 30\n    colour: red", "“colour” is not known here"),
        ("    minutes: 30\n", "", "“minutes” is missing"),
        ("minutes: 30", "minutes: 33", "use a multiple of five"),
        ("minutes: 30", "minutes: half an hour", "whole number from 5 to 480"),
        ("minutes: 30", "minutes: [30]", "one value is expected"),
        ("minutes: 30", "minutes: ''", "this is empty"),
        ("price: 18.50", "price: £18", "figures only"),
        ("[2 hours, 1 day]", "[soon]", "no length of time"),
        ("[haircut, trim]", "[Hair Cut]", "small letters only"),
        ("services: [cut]", "services: [shave]", "there is no service “shave”; use one of: cut"),
        ("services: [cut]", "services: {cut: 1}", "a list is expected"),
        ("      high_street:\n        monday", "      low_street:\n        monday", "there is no branch “low_street”"),
        ("monday: 09:00-12:30", "monday: 09:00-12:45", "outside the hours of High Street"),
        ("monday: 09:00-12:30", "monday: closed", "they never work"),
        ("monday: 09:00-12:30", "moonday: 09:00-12:30", "no weekday"),
        ("monday: 09:00-12:30", "friday to monday: 09:00-12:30", "runs backwards"),
        ("monday: 09:00-12:30", "monday: 9-12", "no time of day"),
        ("monday: 09:00-12:30", "monday: 12:30-09:00", "closes before it opens"),
        ("monday: 09:00-12:30", "monday: 10:00-12:00, 09:00-11:00", "overlap or are not in order"),
        ("monday: 09:00-12:30", "monday: 09:00-12:30\n        monday: 09:00-10:00", "comes twice"),
        ("saturday: 09:00-13:00", "thursday to saturday: 09:00-13:00", "thursday comes twice"),
        ("2026-08-03 to 2026-08-07", "3 August", "year-month-day"),
        ("2026-08-03 to 2026-08-07", "2026-08-07 to 2026-08-03", "a later day"),
        ("2026-08-03 to 2026-08-07", "2027-02-29", "no day"),
        ("2026-12-28: 10:00-12:00", "2026-12-25: 10:00-12:00", "comes twice among the exceptions"),
        ("Europe/London", "London", "no time zone"),
        ("Europe/London", "../../etc/passwd", "no time zone"),
        ("01632 960123\", \"*", "call me", "no phone number"),
        ("region: ENG", "region: XYZ", "check the codes"),
        ("  phone: 01632", "  price_cut: 01632", "cannot be used"),
        ("  cut:\n", "  Cut-1:\n", "must be a short word"),
        ("services: [cut]", "services: []", "nobody on the staff offers it"),
        ("name: Corner Barber\n", "name: Corner Barber\nroles: {nurse: [nurse]}\n", "nobody on the staff has the role"),
    ],
)  # fmt: skip
def test_a_mistake_in_business_yml_is_named_with_its_line(root: Path, old: str, new: str, said: str) -> None:
    message = complaint(root / "barber" / "business.yml", old, new)
    assert message.startswith("barber/business.yml, line ")
    assert said in message


def test_the_line_named_is_the_line_of_the_mistake(root: Path) -> None:
    message = complaint(root / "barber" / "business.yml", "minutes: 30", "minutes: 33")
    assert f"business.yml, line {line_of(BUSINESS, 'minutes: 30')}: services → cut → minutes" in message


def test_two_services_cannot_be_said_the_same_way(root: Path) -> None:
    second = "services:\n  shave:\n    name: shave\n    spoken: [trim]\n    minutes: 15\n"
    message = complaint(root / "barber" / "business.yml", "services:\n", second)
    assert "“trim” is also said for shave" in message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{phone}", "{fax}", "{fax} is not known; add “fax: …” under facts"),
        ("{phone}", "{phone.__class__}", "nothing else may be in them"),
        ("{phone}", "{phone", "nothing else may be in them"),
        ("utter_faq/phone", "utter_faq/fax", "add an intent faq/fax"),
        ("faq/phone", "question", "there is no intent “question”"),
        ("utter_faq/phone", "answer/phone", "must start with utter_"),
        ("- text: Our", "- words: Our", "“words” is not known here"),
        ("what's your number", "phrase of book", "already a phrase of book"),
        ("responses:", "answers:", "“answers” is not known here"),
        ("Our number", "word " * 90, "too long to listen to"),
        ("Our number", "o" * 300_000, "too long to listen to; keep it under 600 letters"),
        ("responses:\n", "responses:\n  utter_faq/phone:\n  - text: two\n", "comes twice"),
    ],
)
def test_a_mistake_in_faq_yml_is_named_with_its_line(root: Path, old: str, new: str, said: str) -> None:
    message = complaint(root / "barber" / "faq.yml", old, new)
    assert message.startswith("barber/faq.yml, line ")
    assert said in message


def test_a_question_without_an_answer_is_refused(root: Path) -> None:
    question = "nlu:\n- intent: faq/fax\n  examples: |\n    - do you have a fax\n"
    assert "no answer: fax" in complaint(root / "barber" / "faq.yml", "nlu:\n", question)


def test_an_intent_without_phrases_is_refused(root: Path) -> None:
    (root / "nlu.yml").write_text(common_phrases().replace("intent: slower", "intent: repeat"))
    with pytest.raises(ContentError, match="no phrases yet: slower"):
        load_content(root / "barber")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"name: [broken", "the YAML is broken here"),
        (b"name: \xff\xfe", "UTF-8"),
        ("name: caf\u00e9".encode("utf-16"), "UTF-8"),
        (b"a: &a [1]\nb: [*a, *a]", "line 1: anchors"),
        (b"a: " + b"[" * 5_000, "nested too deep"),
        (b"\0\0\0", "not a text file"),
        (b"a: \x07", "characters that are not text"),
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"x" * (MAX_BYTES + 1), "larger than 1,000,000 bytes"),
    ],
    ids=["broken", "latin", "utf-16", "aliases", "deep", "binary", "control", "empty", "comment", "huge"],
)
def test_a_file_that_is_no_content_is_refused_kindly(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "business.yml"
    path.write_bytes(data)
    with pytest.raises(ContentError) as caught:
        read_business(path)
    assert said in caught.value.message
    assert "business.yml, line " in caught.value.message


def test_a_missing_file_is_named(root: Path) -> None:
    (root / "barber" / "faq.yml").unlink()
    with pytest.raises(ContentError, match=r"barber/faq\.yml, line 1: the file is missing"):
        load_content(root / "barber")


@given(st.text(max_size=200))
def test_whatever_is_in_a_file_the_error_is_ours(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "anything.yml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(ContentError):
        read_yaml(path)
    with pytest.raises(ContentError, match=r"anything\.yml, line "):
        read_business(path)


def test_a_call_reaches_the_business_of_the_number_called(root: Path) -> None:
    write_business(
        root / "vet", BUSINESS.replace("Corner Barber", "Vet").replace('"01632 960123", "*"', "01632 960456")
    )
    contents = load_all(root)
    assert business_for(contents, "+441632960456").business.id == "vet"
    assert business_for(contents, "01632 960 456").business.id == "vet"
    assert business_for(contents, "vet").business.id == "vet"
    assert business_for(contents, "+441632960123").business.id == "barber"
    assert business_for(contents, "browser").business.id == "barber"
    with pytest.raises(ContentError, match="No business answers this number"):
        business_for({"vet": contents["vet"]}, "browser")


def test_a_name_that_nobody_has_is_refused_with_those_there_are(root: Path) -> None:
    contents = load_all(root)
    with pytest.raises(ContentError, match="No business is called “banana”; there are barber, or give a number"):
        refuse_unknown_name(contents, "banana")


@pytest.mark.parametrize("called", ["", "barber", "*", "01632 960123", "+44 20 7946 9999", "sip:100@192.0.2.10"])
def test_a_business_a_door_and_any_number_may_be_called(root: Path, called: str) -> None:
    refuse_unknown_name(load_all(root), called)


def test_two_businesses_cannot_share_a_number(root: Path) -> None:
    write_business(root / "second")
    with pytest.raises(ContentError, match=r"second/business\.yml, line 3: .* also leads to barber"):
        load_all(root)


def test_a_folder_without_a_business_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="there is no business here"):
        load_all(tmp_path)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("020 7946 0100", "+442079460100"),
        ("+44 20 7946 0100", "+442079460100"),
        ("0044 1632 960555", "+441632960555"),
        ("browser", None),
        ("", None),
        ("12", None),
    ],
)
def test_numbers_are_kept_in_one_spelling(text: str, number: str | None) -> None:
    assert e164(text) == number


def test_the_shelf_keeps_the_last_good_version_and_says_why(root: Path) -> None:
    shelf = Shelf(root)
    path = root / "barber" / "business.yml"
    path.write_text(BUSINESS.replace("minutes: 30", "minutes: 33"))
    assert shelf.refresh()
    assert shelf.contents["barber"].business.services["cut"].minutes == 30
    assert "multiple of five" in shelf.problems["barber"].message
    path.write_text(BUSINESS.replace("minutes: 30", "minutes: 45"))
    assert shelf.refresh()
    assert shelf.contents["barber"].business.services["cut"].minutes == 45
    assert not shelf.problems
    assert not shelf.refresh()


def test_a_new_business_that_is_broken_does_not_disturb_the_others(root: Path) -> None:
    shelf = Shelf(root)
    write_business(root / "second")
    assert shelf.refresh()
    assert set(shelf.contents) == {"barber"}
    assert "also leads to" in shelf.problems[""].message


def test_a_new_folder_with_a_mistake_waits_until_it_is_mended(root: Path) -> None:
    shelf = Shelf(root)
    good = BUSINESS.replace('"01632 960123", "*"', "01632 960456")
    write_business(root / "second", good.replace("minutes: 30", "minutes: 33"))
    shelf.refresh()
    assert set(shelf.contents) == {"barber"}
    assert "multiple of five" in shelf.problems["second"].message
    (root / "second" / "business.yml").write_text(good)
    shelf.refresh()
    assert set(shelf.contents) == {"barber", "second"}


def test_after_a_restart_the_spare_copy_serves_until_the_edit_is_mended(root: Path, tmp_path: Path) -> None:
    spare = tmp_path / "spare"
    Shelf(root, spare)
    (root / "nlu.yml").write_text("nlu: [")
    restarted = Shelf(root, spare)
    assert restarted.contents["barber"].business.name == "Corner Barber"
    assert "nlu.yml, line 1" in restarted.problems["barber"].message
    with pytest.raises(ContentError):
        Shelf(root)
