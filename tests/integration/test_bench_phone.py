"""Does measuring work? One call through each door, with everything real; what the figures are is not judged here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.phone.__main__ import main

pytest.importorskip("baresip", reason="calling by SIP needs the extra `sip`")
pytestmark = pytest.mark.integration

EXPECTED = {
    "response latency, closed, p95",
    "response latency, free, p95",
    "yield latency, p95",
    "selectivity",
    "interruption rate, all sentences",
    "talk-over (0.3 s and more)",
    "word errors",
    "sentences understood right",
    "processor per call",
    "memory at most",
}


def test_a_short_run_calls_through_every_door_and_writes_figures_page_and_plots(
    learnt_intents: Path, tmp_path: Path
) -> None:
    page, plots, out = tmp_path / "benchmarks.md", tmp_path / "plots", tmp_path / "out.json"
    page.write_text("# Figures\n\nWords before.\n")
    main(
        [
            "--short",
            "--home",
            str(learnt_intents.parent),
            "--json",
            str(out),
            "--docs",
            str(page),
            "--plots",
            str(plots),
        ]
    )
    report = json.loads(out.read_text())
    assert report["conditions"]["cores"] >= 1
    assert report["conditions"]["packages"]["vosk"]
    assert [one["transport"] for one in report["rounds"]] == ["audiosocket", "sip", "websocket"]
    for one in report["rounds"]:
        figures = {figure["name"]: figure for figure in one["figures"]}
        assert figures.keys() >= EXPECTED, one["name"]
        assert figures["calls that ended well"]["measured"] == 1, one["transcripts"]
        assert one["replies_ms"]["free"], one["transcripts"]
    assert report["rounds"][0]["condition"]["noise"] == "babble"
    assert page.read_text().startswith("# Figures\n\nWords before.")
    assert "| sip |" in page.read_text()
    assert sorted(path.name for path in plots.iterdir()) == ["hearing.svg", "replies-closed.svg", "replies-free.svg"]
