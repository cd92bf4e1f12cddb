"""Edited content that cannot be learnt: told, tried again, and meanwhile the last good version serves."""

from types import SimpleNamespace

import pytest

from bot import offices
from bot.config import Settings
from bot.errors import UnderstandingError
from bot.offices import Offices


def content(version, key="dental"):
    return SimpleNamespace(business=SimpleNamespace(id=key), examples={}, vocabulary=None, version=version)


class Shelf:
    """Says once that something changed, as the real one does."""

    def __init__(self, *contents):
        self.problems, self.is_changed = {}, False
        self.contents = {each.business.id: each for each in contents}

    def put(self, *contents):
        self.contents |= {each.business.id: each for each in contents}
        self.is_changed = True

    def refresh(self):
        changed, self.is_changed = self.is_changed, False
        return changed


class Learning:
    """In place of learning: `error` while it cannot."""

    error: Exception | None = None
    tries = 0

    def __call__(self, content, folder, niceness):
        self.tries += 1
        if self.error and content.version > 1:
            raise self.error


@pytest.fixture
def learning(monkeypatch):
    learning = Learning()
    monkeypatch.setattr(offices, "intents_of", learning)
    monkeypatch.setattr(offices, "EmbeddedInterpreter", lambda model, vocabulary: None)
    return learning


@pytest.fixture
def shelf(monkeypatch):
    shelf = Shelf(content(1))
    monkeypatch.setattr(offices, "Shelf", lambda *_, **__: shelf)
    return shelf


@pytest.fixture
def centre(shelf, learning):
    return Offices(Settings(), SimpleNamespace(diary=lambda business: None))


def versions(centre):
    return {key: office.content.version for key, office in centre.all().items()}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (UnderstandingError("understanding.not_learnt", "The phrases could not be learnt."), "could not be learnt"),
        (OSError("no room"), "OSError"),
    ],
)
def test_what_could_not_be_learnt_is_told_and_tried_again_at_the_next_look(centre, shelf, learning, error, told):
    learning.error = error
    shelf.put(content(2))
    centre.refresh()
    assert versions(centre) == {"dental": 1}
    assert told in centre.problems()["dental"]
    learning.error = None
    centre.refresh()
    assert versions(centre) == {"dental": 2}
    assert centre.problems() == {}


def test_what_cannot_be_learnt_is_tried_more_and_more_seldom_until_it_is_edited(centre, shelf, learning):
    learning.error = OSError("no room")
    shelf.put(content(2))
    tries = []
    for _ in range(8):
        before = learning.tries
        centre.refresh()
        tries.append(learning.tries - before)
    assert tries == [1, 1, 0, 1, 0, 0, 0, 1]
    shelf.put(content(3))
    before = learning.tries
    centre.refresh()
    assert learning.tries == before + 1, "an edit is taken up at once"


def test_one_business_that_cannot_be_learnt_does_not_hold_up_the_others(centre, shelf, learning):
    learning.error = OSError("no room")
    shelf.put(content(2), content(1, "vets"))
    centre.refresh()
    assert versions(centre) == {"dental": 1, "vets": 1}


def test_at_the_start_what_cannot_be_learnt_is_an_error(shelf, learning):
    learning.error = UnderstandingError("understanding.not_learnt", "The phrases could not be learnt.")
    shelf.put(content(2))
    with pytest.raises(UnderstandingError):
        Offices(Settings(), SimpleNamespace(diary=lambda business: None))
