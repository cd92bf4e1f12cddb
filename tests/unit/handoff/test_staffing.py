"""Published figures, and what must hold for any load."""

import json
import math

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.staffing import staffing
from handoff.staffing import Load, agents_needed, blocking, erlang_a, erlang_c, must_wait

loads = st.builds(Load, st.floats(1, 2_000), st.floats(10, 900))
agents = st.integers(1, 120)


@pytest.mark.parametrize(
    ("trunks", "erlangs", "share"),
    [
        (1, 0.0101, 0.01),
        (2, 0.153, 0.01),
        (5, 1.36, 0.01),
        (10, 4.46, 0.01),
        (20, 12.0, 0.01),
        (50, 37.9, 0.01),
        (10, 6.22, 0.05),
    ],
)
def test_erlang_b_has_the_values_of_the_printed_tables(trunks, erlangs, share):
    assert blocking(trunks, erlangs) == pytest.approx(share, rel=0.03)


def test_erlang_c_with_one_server_is_the_utilisation():
    assert must_wait(1, 0.7) == pytest.approx(0.7)
    assert must_wait(2, 1.0) == pytest.approx(1 / 3)


def test_the_textbook_call_centre():
    """200 calls an hour of three minutes are 10 erlangs; with 14 people 17.4 % wait and 88.8 % are answered in 20 s."""
    forecast = erlang_c(Load(200, 180), 14)
    assert must_wait(14, 10) == pytest.approx(0.1741, abs=1e-4)
    assert forecast.service_level == pytest.approx(0.8884, abs=1e-4)
    assert forecast.asa_s == pytest.approx(7.84, abs=0.01)
    assert forecast.occupancy == pytest.approx(10 / 14)
    assert agents_needed(Load(200, 180)) == 14


def test_hundreds_of_people_do_not_overflow():
    assert 0.5 < erlang_c(Load(12_000, 300), 1_010).service_level < 1


def test_more_work_than_people_never_ends():
    for people in (9, 10):
        forecast = erlang_c(Load(200, 180), people)
        assert (forecast.service_level, forecast.asa_s, forecast.occupancy) == (0.0, None, 1.0)


def test_impatient_callers_end_even_an_overload_and_those_who_leave_lighten_it():
    crowded = erlang_a(Load(200, 180), 8, patience_s=120)
    assert crowded.asa_s is not None
    assert 0.2 < crowded.abandonment < 0.3
    assert crowded.occupancy < 1


def test_erlang_a_agrees_with_its_balance_equations():
    load, people, patience = Load(150, 240), 9, 90.0
    rate, serve, leave = 150 / 3600, 1 / 240, 1 / patience
    weights = [1.0]
    for state in range(1, 400):
        weights.append(weights[-1] * rate / (min(state, people) * serve + max(0, state - people) * leave))
    waiting = sum(max(0, n - people) * weight for n, weight in enumerate(weights)) / sum(weights)
    assert erlang_a(load, people, patience).abandonment == pytest.approx(leave * waiting / rate, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(loads, agents)
def test_with_endless_patience_erlang_a_is_erlang_c(load, extra):
    people = math.floor(load.erlangs) + 1 + extra
    patient, endless = erlang_a(load, people, 1e9), erlang_c(load, people)
    assert patient.service_level == pytest.approx(endless.service_level, abs=1e-3)
    assert patient.abandonment == pytest.approx(0, abs=1e-4)


@given(loads, agents, st.floats(0, 300))
def test_more_people_never_answer_worse(load, people, target_s):
    fewer, more = erlang_c(load, people, target_s), erlang_c(load, people + 1, target_s)
    assert 0 <= fewer.service_level <= more.service_level + 1e-12
    assert more.service_level <= 1
    assert more.occupancy <= fewer.occupancy <= 1
    if fewer.asa_s is not None:
        assert more.asa_s is not None
        assert more.asa_s <= fewer.asa_s


@given(loads, agents, st.floats(1, 2))
def test_more_calls_are_never_answered_better(load, people, factor):
    heavier = Load(load.calls_per_hour * factor, load.aht_s)
    assert erlang_c(heavier, people).service_level <= erlang_c(load, people).service_level + 1e-12


@given(loads, st.floats(0, 0.99), st.floats(0, 120))
def test_one_person_fewer_than_needed_misses_the_target(load, level, target_s):
    people = agents_needed(load, level, target_s)
    assert erlang_c(load, people, target_s).service_level >= level
    if people > 1:
        fewer = erlang_c(load, people - 1, target_s)
        assert fewer.asa_s is None or fewer.service_level < level


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0, 1e9) | st.sampled_from((5e-324, 1e-300)),
    st.floats(1e-3, 1e9),
    st.floats(1e-3) | st.just(math.inf),
    st.integers(1, 2_000),
    st.floats(0, 1e9),
)
def test_whatever_the_values_it_comes_to_an_end_with_shares_from_0_to_1(calls, aht, patience, people, target_s):
    try:
        load = Load(calls, aht)
    except ValueError:
        return
    forecast = erlang_a(load, people, patience, target_s)
    assert 0 <= forecast.service_level <= 1
    assert 0 <= forecast.abandonment <= 1
    assert 0 <= forecast.occupancy <= 1


@pytest.mark.parametrize(
    "given",
    [
        ("--calls-per-hour", "1e300", "--aht", "1e9"),
        ("--calls-per-hour", "inf", "--aht", "180"),
        ("--calls-per-hour", "nan", "--aht", "180"),
        ("--calls-per-hour", "10", "--aht", "5e-324", "--agents", "1", "--patience", "60"),
        ("--calls-per-hour", "10", "--aht", "180", "--agents", "1", "--patience", "5e-324"),
        ("--calls-per-hour", "10", "--aht", "180", "--agents", "1", "--patience", "nan"),
    ],
)
def test_the_command_refuses_what_no_call_centre_has(given):
    answer = CliRunner().invoke(staffing, given)
    assert answer.exit_code == 2
    assert "Error" in answer.stderr


@pytest.mark.parametrize("patience", ["0.001", "1e300", "inf"])
def test_the_command_ends_with_no_patience_at_all_and_with_all_of_it(patience):
    answer = CliRunner().invoke(
        staffing, ["--calls-per-hour", "2000", "--aht", "180", "--patience", patience, "--json"]
    )
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["agents"] >= 1


@pytest.mark.parametrize("wrong", [lambda: Load(-1, 60), lambda: Load(1, 0), lambda: erlang_c(Load(1, 60), 0)])
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must"):
        wrong()


def test_the_command_answers_with_one_json_document():
    plain = CliRunner().invoke(staffing, ["--calls-per-hour", "200", "--aht", "180", "--agents", "14", "--json"])
    assert plain.exit_code == 0
    assert json.loads(plain.stdout) == pytest.approx(
        {"service_level": 0.8884, "asa_s": 7.836, "occupancy": 0.7143}, abs=1e-3
    )
    needed = CliRunner().invoke(staffing, ["--calls-per-hour", "200", "--aht", "180", "--json"])
    assert json.loads(needed.stdout)["agents"] == 14
    crowded = CliRunner().invoke(staffing, ["--calls-per-hour", "200", "--aht", "180", "--agents", "9", "--json"])
    assert json.loads(crowded.stdout) == {"service_level": 0.0, "asa_s": None, "occupancy": 1.0}
    assert "without end" in crowded.stderr
    impatient = CliRunner().invoke(
        staffing, ["--calls-per-hour", "200", "--aht", "180", "--agents", "9", "--patience", "60", "--json"]
    )
    assert json.loads(impatient.stdout)["abandonment"] > 0
    assert CliRunner().invoke(staffing, ["--calls-per-hour", "200", "--aht", "0", "--agents", "9"]).exit_code == 2
