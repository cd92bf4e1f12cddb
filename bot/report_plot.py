"""A report as a picture: how many calls, and how they went. By matplotlib, without display or globals."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from bot.reporting import Report, Row


@dataclass(frozen=True, slots=True)
class Colours:
    ground: str
    ink: str
    accent: str
    pale: str
    warm: str
    stop: str


LIGHT: Final = Colours("#ffffff", "#14201e", "#0f6e66", "#c9dedb", "#b3742b", "#b3342b")
DARK: Final = Colours("#151e1c", "#e9f0ee", "#4cc2b4", "#2a4a46", "#e0a458", "#f2877e")
"""Those of the pages (`static/base.css`)."""

Share = tuple[str, str, str, Callable[[Row], float | None]]

IN_ORDER: Final = frozenset({"day", "hour"})
"""Only along these does a line between two points mean anything."""

MOST_LABELS: Final = 16


def to_png(report: Report, *, wide: bool = False, dark: bool = False) -> bytes:
    """A sheet with one panel above the other, or a strip with both side by side (`wide`), for a page.

    The same report is the same picture.
    """
    colours = DARK if dark else LIGHT
    figure = Figure(figsize=(12.2, 3.4) if wide else (10, 5.6), dpi=100, layout="constrained", facecolor=colours.ground)
    figure.get_layout_engine().set(w_pad=0.15, h_pad=0.15, wspace=0.03)  # type: ignore[union-attr, call-arg]
    calls, shares = figure.subplots(*((1, 2) if wide else (2, 1)))
    _draw_calls(report, calls, colours)
    _draw_shares(report, shares, colours)
    for axes in (calls, shares):
        _finish(report, axes, colours)
    if not wide:
        title = f"Calls by {report.by}, {report.period.first} to {report.period.last}"
        figure.suptitle(title, fontsize=11, color=colours.ink)
    picture = io.BytesIO()
    FigureCanvasAgg(figure).print_png(picture, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return picture.getvalue()


def _draw_calls(report: Report, axes: Axes, colours: Colours) -> None:
    places = range(len(report.rows))
    axes.bar(places, [row.kpis.calls for row in report.rows], color=colours.pale, width=0.7, label="calls")
    to_people = [row.kpis.offered for row in report.rows]
    axes.bar(places, to_people, color=colours.accent, width=0.4, label="of them to people")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_shares(report: Report, axes: Axes, colours: Colours) -> None:
    line = "-" if report.by in IN_ORDER else ""
    for name, colour, mark, figure_of in _shares(colours):
        values = [figure_of(row) for row in report.rows]
        numbers = [float("nan") if value is None else value for value in values]
        axes.plot(range(len(numbers)), numbers, color=colour, marker=mark, linestyle=line, label=name)
    axes.set_ylim(-0.02, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))


def _shares(colours: Colours) -> tuple[Share, ...]:
    """Told apart by their marks as well as by colour."""
    return (
        ("service level", colours.accent, "o", lambda row: row.kpis.service_level),
        ("containment, net", colours.warm, "s", lambda row: row.kpis.containment_net),
        ("abandonment", colours.stop, "^", lambda row: row.kpis.abandonment),
    )


def _finish(report: Report, axes: Axes, colours: Colours) -> None:
    every = -(-len(report.rows) // MOST_LABELS) or 1
    shown = list(range(0, len(report.rows), every))
    axes.set_xticks(shown, [_label(report, place) for place in shown], rotation=45, ha="right")
    middle, half = (len(report.rows) - 1) / 2, max(len(report.rows), 5) / 2
    axes.set_xlim(middle - half, middle + half)
    axes.set_facecolor(colours.ground)
    axes.grid(axis="y", alpha=0.2, color=colours.ink)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["bottom", "left"]].set_color(colours.ink)
    axes.tick_params(labelsize=8, colors=colours.ink)
    axes.legend(
        fontsize=8, frameon=False, labelcolor=colours.ink, ncols=3, loc="lower left", bbox_to_anchor=(0, 1), borderpad=0
    )


def _label(report: Report, place: int) -> str:
    label = report.rows[place].label
    if report.by == "day":
        day = dt.date.fromisoformat(label)
        return f"{day.day} {day:%b}"
    return label.replace("$", r"\$")[:24]  # $ would begin a formula
