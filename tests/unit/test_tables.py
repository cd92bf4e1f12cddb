"""Tables of the diary at 80 columns: when, which and whose number are never folded; the rest gives way."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.commands.diary import COLUMNS
from bot.commands.diary_options import as_table, check_known
from bot.errors import DiaryError
from tests.fakes_diary import clinic

APPOINTMENT = {
    "reference": "47311",
    "start": "2026-12-01T14:30:00+00:00",
    "customer": "Maria Magdalena Featherstonehaugh",
    "phone": "+442079460001",
    "service": "hygienist_deep_cleaning",
    "staff": "dr_anna_whitfield",
    "branch": "harbour",
    "status": "confirmed",
}


def printed(*rows: dict[str, object], columns: tuple[str, ...] = COLUMNS, width: int = 80) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(as_table(rows, columns))
    return out.getvalue()


def test_the_whole_moment_stands_in_one_line_at_80_columns() -> None:
    table = printed(APPOINTMENT)
    [line] = [line for line in table.splitlines() if "47311" in line]
    assert "Tue 1 Dec 14:30" in line
    assert "+442079460001" in line
    assert max(map(len, table.splitlines())) <= 80
    assert "…" not in table
    assert table.split("\n")[0].split() == ["ref", *COLUMNS[1:]]


@given(st.text("abcdefgh_", min_size=1, max_size=40), st.text("abcdefgh ", max_size=40))
def test_no_name_is_long_enough_to_fold_the_moment(service: str, customer: str) -> None:
    assert "Tue 1 Dec 14:30" in printed({**APPOINTMENT, "service": service, "customer": customer})


def test_nothing_of_a_folded_name_is_lost() -> None:
    table = printed(APPOINTMENT)
    first, end = (table.splitlines()[0].index(heading) for heading in ("service", "staff"))
    folded = "".join(line[first:end].strip() for line in table.splitlines()[1:])
    assert folded == APPOINTMENT["service"]


def test_the_year_is_told_where_it_is_another_than_the_first() -> None:
    rows = [{"start": "2026-12-31T09:05:00+00:00"}, {"start": "2027-01-04T16:00:00+00:00"}]
    table = printed(*rows, columns=("start",))
    assert [line.strip() for line in table.splitlines()] == ["start", "Thu 31 Dec 09:05", "4 Jan 2027 16:00"]


def test_what_only_looks_like_a_moment_or_like_markup_is_printed_as_it_is() -> None:
    table = printed({"customer": "2026-99-99Tail"}, {"customer": "[red]Anna"}, columns=("customer",))
    assert [line.strip() for line in table.splitlines()] == ["customer", "2026-99-99Tail", "[red]Anna"]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("service", ("haircut", None, None)),
        ("staff", ("checkup", "nobody", None)),
        ("branch", ("checkup", "anna", "moon")),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(kind: str, asked: tuple[str | None, ...]) -> None:
    with pytest.raises(DiaryError) as raised:
        check_known(clinic(), *asked)
    assert raised.value.code == f"diary.no_{kind}"
    if kind == "branch":
        assert raised.value.message == "There is no branch 'moon'; there are: harbour, park."


def test_what_is_there_or_not_asked_for_is_fine() -> None:
    check_known(clinic(), "checkup", "anna", "park")
    check_known(clinic(), None, None, None)
