from hypothesis import given
from hypothesis import strategies as st

from bot.bench.figures import Figure, call_figures, percentile, reply_figures, rows_of, share, table, turn_figures
from bot.bench.tally import Tally

TIMES = st.lists(st.floats(min_value=0, max_value=10_000), min_size=1)


def found(figures: list[Figure], name: str) -> Figure:
    return next(figure for figure in figures if figure.name == name)


def test_a_percentile_is_a_measured_value_by_nearest_rank() -> None:
    assert percentile([3, 1, 2, 4], 0.5) == 2
    assert percentile(range(1, 21), 0.95) == 19
    assert percentile([7], 0.95) == 7
    assert percentile([], 0.5) is None


@given(TIMES)
def test_percentiles_grow_with_their_share(times: list[float]) -> None:
    found = [percentile(times, part) for part in (0.5, 0.95, 1.0)]
    assert found == sorted(found)
    assert found[-1] == round(max(times), 1)


def test_a_share_of_nothing_is_unknown() -> None:
    assert share(0, 0) is None
    assert share(1, 8) == 12.5


def test_a_goal_is_met_from_its_own_side_and_unknown_where_nothing_was_measured() -> None:
    assert Figure("x", 350, goal=350).is_met
    assert Figure("x", 350.1, goal=350).is_met is False
    assert Figure("x", 20, goal=20, better="higher").is_met
    assert Figure("x", 19, goal=20, better="higher").is_met is False
    assert Figure("x", None, goal=20).is_met is None
    assert Figure("x", 5).is_met is None


def test_goals_of_a_caller_alone_are_not_asked_of_a_crowd() -> None:
    tally = Tally(replies={"closed": [300.0, 400.0], "free": [500.0], "paused": [800.0]})
    alone, crowd = reply_figures(tally, 1), reply_figures(tally, 20)
    assert found(alone, "reply closed p50").goal == 350
    assert found(alone, "reply all p95").goal is None
    assert found(crowd, "reply closed p50").goal is None
    assert found(crowd, "reply all p95").goal == 850
    assert found(crowd, "reply all p95").measured == 800
    assert found(crowd, "reply all p95").count == 4


def test_cut_offs_barge_ins_and_noises_are_shares_of_what_was_tried() -> None:
    tally = Tally(
        spoken={"closed": 6, "free": 2, "paused": 2},
        cut_off={"closed": 0, "free": 0, "paused": 1},
        barge_ins=[200.0, 220.0, 240.0],
        barge_ins_missed=1,
        disturbances=4,
        stopped_by=["cough"],
    )
    figures = turn_figures(tally)
    assert found(figures, "cut off, all sentences").measured == 10
    assert found(figures, "cut off, sentences with pauses").measured == 50
    assert found(figures, "cut off, sentences with pauses").is_met is False
    assert found(figures, "barge-ins that did not stop the bot").measured == 25
    assert found(figures, "noises that did not stop the bot").measured == 75


def test_a_lost_call_misses_both_goals() -> None:
    figures = call_figures(Tally(finished=3, handed_over=1, lost=1), 5)
    assert not found(figures, "calls that ended well").is_met
    assert not found(figures, "calls lost").is_met


def test_a_call_handed_over_for_a_fault_of_the_bot_did_not_end_well() -> None:
    figures = call_figures(Tally(finished=1, handed_over=2, broke_down=1), 3)
    assert found(figures, "calls that ended well").measured == 2
    assert not found(figures, "calls in which the bot broke down").is_met


def test_the_table_marks_what_falls_short_and_the_rows_say_the_same() -> None:
    figures = [Figure("quick", 100, goal=200, count=9), Figure("slow", 300, goal=200), Figure("unknown", None, goal=1)]
    lines = table(figures).splitlines()
    assert lines[1].endswith("ok")
    assert lines[2].endswith("MISSED")
    assert "–" in lines[3]
    assert [row["ok"] for row in rows_of(figures)] == [True, False, None]


def test_tallies_add_up_kind_by_kind() -> None:
    total = Tally()
    total.add(Tally(replies={"closed": [1.0], "free": [], "paused": []}, booked=1, transcripts=[["a"]], seconds=2.0))
    total.add(Tally(replies={"closed": [2.0], "free": [3.0], "paused": []}, booked=1, transcripts=[["b"]]))
    assert total.replies == {"closed": [1.0, 2.0], "free": [3.0], "paused": []}
    assert (total.booked, total.transcripts, total.seconds) == (2, [["a"], ["b"]], 2.0)
