"""What pyproject.toml asks for, the locks pin; and no address is in them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[\w,]+\])?==([\w.]+)")


def pins(requirements: list[str]) -> set[tuple[str, str]]:
    found = [PIN.match(line) for line in requirements]
    return {(re.sub(r"[-_.]+", "-", match[1]).lower(), match[2]) for match in found if match}


def lock(name: str) -> list[str]:
    return (ROOT / ".ci" / name).read_text().splitlines()


def test_every_runtime_package_is_locked_to_the_pinned_version() -> None:
    assert pins(PROJECT["dependencies"]) <= pins(lock("requirements.txt"))


def test_every_tool_of_the_tests_is_locked_too() -> None:
    extras = PROJECT["optional-dependencies"]
    asked = pins(PROJECT["dependencies"]).union(*(pins(extra) for extra in extras.values()))
    assert asked <= pins(lock("requirements-dev.txt"))


def test_tests_run_with_the_versions_that_run_in_service() -> None:
    assert pins(lock("requirements.txt")) <= pins(lock("requirements-dev.txt"))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "uv.txt"])
def test_a_lock_holds_versions_and_no_addresses(name: str) -> None:
    for line in lock(name):
        assert PIN.match(line)
        assert "://" not in line
        assert not line.startswith("-")
