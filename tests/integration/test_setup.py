"""The way onto a fresh machine: what the scripts of `make` say when something is in their way."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def install(tmp_path: Path, python: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / ".ci/install"), str(tmp_path / "venv"), ".ci/requirements.txt"]
    environment = {**os.environ, "PYTHON": str(python)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_an_old_python_is_named_with_the_way_out(tmp_path: Path) -> None:
    old = script(tmp_path / "python", 'case "$*" in *version_info*) exit 1;; -V) echo Python 3.9.2;; esac')
    result = install(tmp_path, old)
    assert result.returncode != 0
    assert "needs Python 3.11 or newer; this is Python 3.9.2" in result.stderr
    assert not (tmp_path / "venv").exists()


def test_a_machine_without_python_is_told_so(tmp_path: Path) -> None:
    result = install(tmp_path, "no-such-python")
    assert result.returncode != 0
    assert "Please install Python 3.11 or newer" in result.stderr


def test_a_python_that_cannot_make_environments_names_the_package(tmp_path: Path) -> None:
    bare = script(tmp_path / "python", 'case "$*" in *ensurepip*) exit 1;; esac')
    result = install(tmp_path, bare)
    assert result.returncode != 0
    assert "apt-get install python3-venv" in result.stderr


def test_debian_packages_that_may_not_be_installed_are_named_and_stop_nothing(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "uname", "tr", "grep", "cat", "ls"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    script(tools / "id", "echo 1000")
    script(tools / "sudo", "exit 1")
    script(tools / "apt-get", "exit 99")
    command = [str(ROOT / ".ci/debian-packages"), str(tmp_path), "chromium", "espeak-ng"]
    result = subprocess.run(command, env={"PATH": str(tools)}, capture_output=True, text=True, check=False)
    assert result.returncode == 0
    if os.uname().sysname == "Linux":
        assert "chromium is missing" in result.stderr
        assert "espeak-ng is missing" in result.stderr


def test_make_names_its_targets() -> None:
    result = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("make run", "make test", "make test-all", "make bench", "make lock", "make clean"):
        assert target in result.stdout


def test_ci_runs_what_people_run() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert lines[-1] == "make test"
    assert os.access(ROOT / ".ci/run", os.X_OK)
