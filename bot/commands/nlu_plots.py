"""Plots of `frontdesk nlu evaluate`: what each intent's unseen phrases were taken for, and how many were understood."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

WORST = 25
"""Intents shown: more cannot be read on one page."""


def draw_plots(reports: Mapping[str, Any], folder: Path) -> list[Path]:
    """Two SVG files a business, and the same as PNG; their paths."""
    import matplotlib

    matplotlib.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for business, report in reports.items():
        for name, draw in (("recall", _recall), ("confusions", _confusions)):
            figure = draw(business, report)
            for ending in ("svg", "png"):
                made.append(folder / f"{business}-{name}.{ending}")
                figure.savefig(made[-1], bbox_inches="tight", dpi=110)
    return made


def _recall(business: str, report: Mapping[str, Any]) -> Any:
    from matplotlib.figure import Figure

    rows = report["intents"][:WORST][::-1]
    figure = Figure(figsize=(8, 0.28 * len(rows) + 1.2))
    axes = figure.subplots()
    bars = axes.barh([row["intent"] for row in rows], [row["recall"] for row in rows], color="#0f6e66")
    axes.bar_label(bars, [f"{row['recall']:.0%} of {row['phrases']}" for row in rows], padding=3, fontsize=8)
    axes.set_xlim(0, 1.15)
    axes.set_xlabel("share of unseen phrases that are understood")
    axes.set_title(f"{business}: the {len(rows)} intents understood worst", fontsize=11)
    return figure


def _confusions(business: str, report: Mapping[str, Any]) -> Any:
    from matplotlib.figure import Figure

    pairs = report["confusions"]
    names = sorted({one[key] for one in pairs[:WORST] for key in ("intent", "taken_for")})
    counts = [[0] * len(names) for _ in names]
    for one in pairs:
        if one["intent"] in names and one["taken_for"] in names:
            counts[names.index(one["intent"])][names.index(one["taken_for"])] = len(one["phrases"])
    size = 0.3 * max(len(names), 4) + 2
    figure = Figure(figsize=(size, size))
    axes = figure.subplots()
    if names:
        axes.imshow(counts, cmap="Oranges")
        axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
        axes.set_yticks(range(len(names)), names, fontsize=8)
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            if count:
                axes.text(column, row, str(count), ha="center", va="center", fontsize=8)
    axes.set_xlabel("taken for")
    axes.set_ylabel("meant")
    axes.set_title(f"{business}: phrases taken for another intent", fontsize=11)
    return figure
