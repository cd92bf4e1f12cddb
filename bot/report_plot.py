"""A report as a picture: how many calls, and how they went. By matplotlib, without display or globals."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from bot.reporting import Report, Row

ACCENT: Final = "#0f6e66"
SHARES: Final[tuple[tuple[str, str, str, Callable[[Row], float | None]], ...]] = (
    ("service level", ACCENT, "o", lambda row: row.kpis.service_level),
    ("containment, net", "#b3742b", "s", lambda row: row.kpis.containment_net),
    ("abandonment", "#b3342b", "^", lambda row: row.kpis.abandonment),
)
"""Told apart by their marks as well as by colour."""

MOST_LABELS: Final = 31


def to_png(report: Report, width: float = 10, height: float = 5.6) -> bytes:
    """Inches at 100 dots; the same report is the same picture."""
    figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
    calls, shares = figure.subplots(2, 1, sharex=True)
    places = range(len(report.rows))
    calls.bar(places, [row.kpis.calls for row in report.rows], color="#c9dedb", label="calls")
    calls.bar(places, [row.kpis.offered for row in report.rows], color=ACCENT, width=0.5, label="of them to people")
    for name, colour, mark, figure_of in SHARES:
        values = [figure_of(row) for row in report.rows]
        shares.plot(places, [float("nan") if v is None else v for v in values], color=colour, marker=mark, label=name)
    _finish(report, calls, shares)
    figure.suptitle(f"Calls by {report.by}, {report.period.first} to {report.period.last}", fontsize=11)
    picture = io.BytesIO()
    FigureCanvasAgg(figure).print_png(picture, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return picture.getvalue()


def _finish(report: Report, calls: Axes, shares: Axes) -> None:
    shares.set_ylim(-0.02, 1.02)
    shares.yaxis.set_major_formatter(PercentFormatter(1.0))
    calls.yaxis.set_major_locator(MaxNLocator(integer=True))
    every = -(-len(report.rows) // MOST_LABELS) or 1
    shown = list(range(0, len(report.rows), every))
    labels = [report.rows[place].label.replace("$", r"\$")[:24] for place in shown]  # $ would begin a formula
    shares.set_xticks(shown, labels, rotation=45, ha="right", fontsize=8)
    for axes in (calls, shares):
        axes.grid(axis="y", alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
