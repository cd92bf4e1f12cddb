"""Mistakes in the files of skills, told by file and line to whoever wrote them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content.content import load_content
from bot.content.skill_file import read_skill
from bot.errors import ContentError

NLU_DATA = Path(__file__).parents[2] / "nlu_data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("nlu.yml", "responses.yml"):
        shutil.copy(NLU_DATA / name, tmp_path / name)
    return Path(shutil.copytree(NLU_DATA / "lantern_broadband", tmp_path / "lantern_broadband"))


def change(folder: Path, old: str, new: str) -> Path:
    path = folder / "skills" / "donation.yml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "mend"),
    [
        ("kind: money", "kind: mony", "slots → amount → kind"),
        ("most: 5000", "mots: 5000", "this is not known here"),
        ("- ask: often", "- ask: oftn", "there is no slot “oftn”"),
        ("when: {email: given}", "when: {email: yes}", "can be told apart"),
        ("- finish: to_a_person", "- ask: amount", "a dead end"),
        ("- i want to donate", "- can i speak to a person", "is already a phrase of person"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_how_to_mend_it(folder, old, new, mend):
    text = change(folder, old, new).read_text("utf-8")
    with pytest.raises(ContentError, match=mend) as caught:
        load_content(folder)
    line = text[: text.rindex(new)].count("\n") + 1
    assert caught.value.message.startswith(f"skills/donation.yml, line {line}: "), caught.value.message


def test_what_is_missing_is_named(folder):
    change(folder, "title: giving to the schools fund", "# no title")
    with pytest.raises(ContentError, match="title: this is missing; add it"):
        load_content(folder)


def test_a_yaml_bomb_is_refused(folder):
    path = folder / "skills" / "donation.yml"
    path.write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
    with pytest.raises(ContentError, match="anchors"):
        read_skill(path)


def test_a_skill_cannot_take_the_name_of_what_every_caller_may_say(folder):
    (folder / "skills" / "donation.yml").rename(folder / "skills" / "person.yml")
    with pytest.raises(ContentError, match="“person” is built in"):
        load_content(folder)


def test_a_business_has_its_own_version_of_a_shared_skill(folder):
    shared = folder.parent / "skills"
    shared.mkdir()
    shutil.copy(folder / "skills" / "order.yml", shared / "order.yml")
    shutil.copy(folder / "skills" / "order.yml", shared / "order_again.yml")
    path = shared / "order_again.yml"
    path.write_text(path.read_text().replace("phrases:\n", "phrases:\n- order it all again\n"))
    with pytest.raises(ContentError, match="is already a phrase of order"):
        load_content(folder)
    path.unlink()
    assert set(load_content(folder).skills) == {"complaint", "donation", "order", "sales", "support"}
