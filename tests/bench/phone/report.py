"""The figures of a run for people: a table, a page of the documentation, and plots."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- bench-phone: begin (written by `make bench-phone`) -->", "<!-- bench-phone: end -->"

COLUMNS = (
    ("closed p50 / p95", "response latency, closed, p50", "response latency, closed, p95"),
    ("free p50 / p95", "response latency, free, p50", "response latency, free, p95"),
    ("yield p95", "yield latency, p95", None),
    ("yield rate", "yield rate", None),
    ("selectivity", "selectivity", None),
    ("interrupted (all / paused)", "interruption rate, all sentences", "interruption rate, pauses inside"),
    ("talk-over", "talk-over (0.3 s and more)", None),
    ("word errors", "word errors", None),
    ("understood", "sentences understood right", None),
    ("CPU a call", "processor per call", None),
)
"""Heading, and the one or two figures in the cell."""


def markdown(report: dict[str, Any]) -> str:
    """One row a round; what missed its goal in bold."""
    where = report["conditions"]
    packages = ", ".join(f"{name} {version}" for name, version in where["packages"].items())
    lines = [
        f"Measured {where['when']} on {where['cores']} cores ({where['processor']}), Python {where['python']}; "
        f"{packages}; seed {report['seed']}. Load average: the last minute's, before and after each round.",
        "",
        "| round | load | " + " | ".join(heading for heading, *_ in COLUMNS) + " |",
        "|" + "---|" * (len(COLUMNS) + 2),
    ]
    lines += [_row(one) for one in report["rounds"]]
    released = [
        (one["name"], found) for one in report["rounds"] if (found := _figure(one, "hang-up to call released, worst"))
    ]
    lines += [
        "",
        "Hang-up to everything released, worst: " + ", ".join(f"{name} {_text(f)} ms" for name, f in released) + ".",
    ]
    return "\n".join(lines)  # fmt: skip


def _row(one: dict[str, Any]) -> str:
    cells = [" / ".join(_cell(one, name) for name in names if name) for _, *names in COLUMNS]
    return f"| {one['name']} | {one['load_before']}–{one['load_after']} | " + " | ".join(cells) + " |"


def _cell(one: dict[str, Any], name: str) -> str:
    figure = _figure(one, name)
    if figure is None:
        return "–"
    unit = " %" if figure["unit"].startswith("%") else ""
    text = f"{_text(figure)}{unit}"
    return f"**{text}**" if figure["ok"] is False else text


def _figure(one: dict[str, Any], name: str) -> dict[str, Any] | None:
    return next((f for f in one["figures"] if f["name"] == name and f["measured"] is not None), None)


def _text(figure: dict[str, Any]) -> str:
    return f"{figure['measured']:,.0f}"


def write_into(page: Path, report: dict[str, Any]) -> None:
    """Between the marks of the page; at its end when it has none yet."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    if BEGIN not in text or END not in text:
        text = f"{text.rstrip()}\n\n## On the line\n\n{BEGIN}\n{END}\n"
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    page.write_text(f"{before}{BEGIN}\n{markdown(report)}\n{END}{after}", encoding="utf-8")


def plot(report: dict[str, Any], folder: Path) -> list[Path]:
    """Reply times as cumulative shares, closed and free, one line a round; and what noise does to understanding."""
    from matplotlib.figure import Figure  # late: only who wants plots pays for it

    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in ("closed", "free"):
        picture = Figure(figsize=(8, 4.5), layout="constrained")
        axes = picture.add_subplot(
            xlabel="ms from the caller's last sound to the bot's first", ylabel="share of replies", title=kind
        )
        for one in report["rounds"]:
            times = sorted(one["replies_ms"][kind])
            if times:
                axes.step(times, [(i + 1) / len(times) for i in range(len(times))], where="post", label=one["name"])
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
        paths.append(folder / f"replies-{kind}.svg")
        picture.savefig(paths[-1])
    return [*paths, _plot_hearing(report["rounds"], folder / "hearing.svg")]


def _plot_hearing(rounds: Sequence[dict[str, Any]], path: Path) -> Path:
    from matplotlib.figure import Figure

    picture = Figure(figsize=(8, 4.5), layout="constrained")
    axes = picture.add_subplot(xlabel="% of sentences", title="understood right, and words wrong")
    names = [one["name"] for one in rounds]
    for name, at, colour in (("sentences understood right", 0.2, "tab:green"), ("word errors", -0.2, "tab:red")):
        values = [(found["measured"] if (found := _figure(one, name)) else 0) for one in rounds]
        axes.barh([i + at for i in range(len(names))], values, 0.4, label=name, color=colour)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.legend()
    picture.savefig(path)
    return path
