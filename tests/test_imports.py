"""Who may import whom. The table is the architecture; this test keeps it true."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("bot", "handoff")

NOTHING: set[str] = set()
VOCABULARY = {"bot.events", "bot.errors"}
PROTOCOLS = {"bot.channels.channel", "bot.asr.recognizer", "bot.tts.voice", "bot.dialogue.conversation"}

MAY_IMPORT: dict[str, set[str]] = {
    "bot.events": NOTHING,
    "bot.errors": NOTHING,
    "bot.config": {"bot.errors", "bot.phone_settings"},
    "bot.turns": VOCABULARY,
    "bot.keys": NOTHING,
    "bot.finding": NOTHING,
    "bot.call": {*VOCABULARY, "bot.turns", "bot.keys"},
    "bot.workers": {*VOCABULARY, "bot.logs", *PROTOCOLS},
    "bot.run": {*VOCABULARY, "bot.call", "bot.workers", "bot.logs", *PROTOCOLS},
    "bot.audio": VOCABULARY,
    "bot.nlu": {*VOCABULARY, "bot.models"},
    "bot.appointments": VOCABULARY,
    "bot.skills": VOCABULARY,
    "bot.dialogue": {*VOCABULARY, "bot.nlu", "bot.appointments", "bot.skills"},
    "bot.asr": {*VOCABULARY, "bot.audio", "bot.models"},
    "bot.tts": {*VOCABULARY, "bot.audio", "bot.config"},
    "bot.channels": {
        *VOCABULARY,
        "bot.audio",
        "bot.dialogue.conversation",
        "bot.config",
        "bot.phone_settings",
        "bot.logs",
    },
    "bot.outbound": {*VOCABULARY, "bot.appointments", "bot.config", "bot.logs", "bot.skills.results"},
    "bot.store": {
        *VOCABULARY,
        "bot.appointments",
        "bot.outbound",
        "bot.skills.results",
        "bot.editing.model",
        "handoff.model",
        "handoff.people",
        "handoff.history",
        "handoff.kpis",
        "handoff.reports",
        "handoff.tokens",
        "handoff.webhooks",
        "handoff.queues",
        "handoff.places",
        "handoff.scoring",
        "handoff.cases",
    },
    "bot.editing": {*VOCABULARY, "bot.content", "bot.nlu", "bot.appointments.model"},
    "bot.clock": NOTHING,
    "bot.logs": NOTHING,
    "bot.phone_settings": NOTHING,
    "bot.models": {"bot.errors", "bot.config"},
    "bot.content": {*VOCABULARY, "bot.appointments.model", "bot.nlu", "bot.skills", "handoff.queues"},
    "bot.report": {*VOCABULARY, "bot.appointments.model", "bot.tts", "handoff.model"},
    "bot.live": {"bot.events", "bot.report"},
    "bot.recording": {*VOCABULARY, "bot.config", "bot.logs", "bot.taps"},
    "bot.taps": {"bot.events", "bot.channels.channel"},
    "bot.captions": {*VOCABULARY, "bot.channels.channel", "bot.report"},
    "bot.transcript": {*VOCABULARY, "bot.asr.recognizer"},
    "bot.counter": {*VOCABULARY, "bot.dialogue.counter", "bot.logs", "handoff.model"},
    "bot.gathering": {"bot.content", "bot.editing", "bot.nlu", "bot.report"},
    "bot.reception": {*VOCABULARY, "bot.dialogue", "bot.nlu.understanding", "bot.last_resort"},
    "bot.last_resort": {*VOCABULARY, "bot.channels.channel", "bot.dialogue.counter", "bot.report"},
    "bot.bench": {
        *VOCABULARY,
        "bot.audio",
        "bot.tts",
        "bot.config",
        "bot.channels.audiosocket_wire",
        "bot.channels.sip_placing",
    },
    "handoff": NOTHING,
}
"""Package or module → what of ours it may import beside itself. What is not named here composes, and may import all."""

COMPOSERS = {
    "bot.app",
    "bot.answering",
    "bot.carrying",
    "bot.rehearsal",
    "bot.offices",
    "bot.suggesting",
    "bot.finishing",
    "bot.reminding",
    "bot.cli",
    "bot.commands",
    "bot.web",
    "bot.doctor",
    "bot.line_checks",
}
COMPOSERS |= {"bot.reporting", "bot.report_plot"}
"""Nothing below may import these."""


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    """Modules of ours that this one imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute here"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name in MODULES}


FILES = [path for package in OURS for path in (ROOT / package).rglob("*.py")]
MODULES = {name_of(path) for path in FILES}
IMPORTS = {name_of(path): imports_of(path) - {name_of(path)} for path in FILES}


def belongs(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


@pytest.mark.parametrize("place", MAY_IMPORT)
def test_imports_only_what_the_table_allows(place):
    allowed = {place, "bot", *MAY_IMPORT[place]}
    for module in (module for module in IMPORTS if belongs(module, place)):
        beyond = {name for name in IMPORTS[module] if not any(belongs(name, ok) for ok in allowed - {"bot"})}
        assert beyond - {"bot"} == set(), f"{module} must not import {beyond}"


def test_every_module_is_in_the_table_or_composes():
    places = {*MAY_IMPORT, *COMPOSERS}
    unnamed = {module for module in IMPORTS if not any(belongs(module, place) for place in places)}
    assert unnamed - {"bot"} == set()


def test_the_people_side_stands_without_the_bot():
    for module in (module for module in IMPORTS if belongs(module, "handoff")):
        assert not any(belongs(name, "bot") for name in IMPORTS[module]), module


def test_what_composes_is_imported_by_what_composes_only():
    for module, imported in IMPORTS.items():
        if not any(belongs(module, place) for place in COMPOSERS):
            assert not {name for name in imported if any(belongs(name, place) for place in COMPOSERS)}, module


def test_there_are_no_cycles():
    packages = {"bot", *(f"bot.{path.name}" for path in (ROOT / "bot").iterdir() if path.is_dir())}
    graph = {module: imported - packages for module, imported in IMPORTS.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these import one another: {error.args[1]}")
