"""What is said about skills that cannot work."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.skills.checking import check
from bot.skills.conditions import parse_condition
from bot.skills.drawing import draw
from bot.skills.model import Skill
from bot.skills.paths import START, explore
from tests.unit.skills.samples import PLAIN, skill

FACTS = {"phone"}


def said(changed: Skill) -> str:
    return " ".join(f"{finding.message} {finding.where}" for finding in check(changed, FACTS, {"advice"}))


def test_a_sound_skill_has_no_findings():
    assert check(skill(), FACTS, set()) == []


def test_a_way_that_ends_nowhere_is_named_by_the_answers_that_lead_there():
    assert "after “thing: scooter” no step is due" in said(skill(steps=PLAIN["steps"][:3]))


def test_a_step_behind_an_end_is_reached_by_nobody():
    found = said(skill(steps=[{"ask": "thing"}, {"ask": "wheels"}, {"finish": "post"}, {"finish": "shop"}]))
    assert "no caller ever gets to this step" in found
    assert "“shop” is never reached" in found


def test_a_slot_nobody_asks_for_is_named():
    assert "“wheels” is never asked" in said(skill(steps=[{"ask": "thing"}, {"finish": "post"}]))


def test_letters_need_a_way_for_callers_who_press_keys():
    slots = {**PLAIN["slots"], "note": {"kind": "text", "ask": "What else?"}}
    steps = [{"ask": "note"}, *PLAIN["steps"]]
    assert "“note” has no keypad way" in said(skill(slots=slots, steps=steps))
    slots["note"]["skip"] = "telling us later"
    assert said(skill(slots=slots, steps=steps)) == ""


@pytest.mark.parametrize(
    ("condition", "mend"),
    [
        ({"thong": "bike"}, "there is no slot “thong”"),
        ({"thing": "car"}, "“thing” is never “car”; use one of bike, scooter"),
        ({"thing": "more than 3"}, "is no number"),
        ({"wheels": "3"}, ""),
        ({"wheels": "left out"}, "has no “skip”"),
    ],
)
def test_conditions_name_slots_and_values_that_are_there(condition, mend):
    found = said(skill(steps=[*PLAIN["steps"][:2], {"finish": "shop", "when": condition}, {"finish": "post"}]))
    assert mend in found
    assert "('steps', 2, 'when'" in found or not mend


def test_unknown_variables_and_services_are_named():
    outcomes = {"shop": {"say": "See {phone} or {fax}."}, "post": {"appointment": {"service": "haircut"}}}
    found = said(skill(outcomes=outcomes))
    assert "{fax} is not known" in found
    assert "{phone}" not in found
    assert "no service “haircut”; use one of advice" in found


def test_secret_digits_are_never_said_nor_written():
    slots = {**PLAIN["slots"], "pin": {"kind": "secret_digits", "ask": "Your PIN?", "digits": "4"}}
    steps = [{"ask": "pin"}, {"say": "You said {pin}."}, *PLAIN["steps"]]
    assert "{pin} is secret" in said(skill(slots=slots, steps=steps))


def test_one_way_of_saying_is_one_option():
    options = {"bike": {"label": "bike", "said": ["two wheels"]}, "scooter": {"label": "scooter", "said": "two wheels"}}
    thing = {**PLAIN["slots"]["thing"], "options": options}
    assert "“two wheels” also means bike" in said(skill(slots={**PLAIN["slots"], "thing": thing}))


@pytest.mark.parametrize(
    "change",
    [
        {"steps": []},
        {"steps": [{"ask": "thing", "say": "Hello."}]},
        {"slots": {"x": {"kind": "colour", "ask": "Which?"}}},
        {"slots": {"x": {"kind": "choice", "ask": "Which?"}}},
        {"slots": {"x": {"kind": "date", "ask": "When?", "digits": "4"}}},
        {"slots": {"x": {"kind": "secret_digits", "ask": "PIN?", "read_back": "{value}?"}}},
        {"outcomes": {}},
        {"colour": "red"},
    ],
)
def test_what_the_grammar_does_not_know_is_refused(change):
    with pytest.raises(ValidationError):
        skill(**change)


def test_a_condition_looks_at_bounds_lists_and_negations():
    holds = parse_condition({"n": "at least 2", "thing": ["bike", "car"], "day": "not monday"}).holds
    assert holds({"n": "2", "thing": "car", "day": "friday"})
    assert not holds({"n": "1.5", "thing": "car", "day": "friday"})
    assert not holds({"n": "2", "thing": "car", "day": "monday"})
    assert not holds({})


def test_the_ways_carry_the_answers_that_lead_there():
    edges = {(edge.origin, edge.target): edge.answers for edge in explore(skill()).edges}
    assert edges[START, 0] == ()
    assert edges[0, 1] == ("bike",)
    assert edges[0, 3] == ("scooter",)
    assert edges[1, 2] == ("more than 1",)


def test_a_diagram_is_an_svg_with_every_question_answer_and_end():
    picture = ElementTree.fromstring(draw(skill(wants="<a & b>")))
    texts = " ".join(picture.itertext())
    for shown in ("THING", "A bike or a scooter?", "✓ shop", "✓ post", "scooter", "more than 1"):
        assert shown in texts


@given(st.lists(st.sampled_from([*PLAIN["steps"], {"say": "Well."}]), min_size=1, max_size=7))
def test_any_order_of_steps_is_explored_and_drawn(steps):
    changed = skill(steps=steps)
    assert all(finding.message for finding in check(changed, FACTS, set()))
    ElementTree.fromstring(draw(changed))
