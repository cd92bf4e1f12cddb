import pytest

from bot.appointments.branches import nearest
from tests.fakes_diary import clinic


@pytest.mark.parametrize(
    ("said", "branch"),
    [
        ("BN2 1AB", "harbour"),
        ("bn2 5xy", "harbour"),
        ("bn3", "park"),
        ("BN1 4XY", "park"),
        ("hove", "park"),
        ("the marina", "harbour"),
        ("marina", "harbour"),
        ("kemptown", "harbour"),
        ("port slade", "park"),
    ],
)
def test_a_place_or_postcode_finds_the_branch_nearby(said: str, branch: str):
    found = nearest(clinic(), said)
    assert found is not None
    assert found.id == branch


def test_a_longer_district_is_not_mistaken_for_a_shorter_one_but_the_nearest_number_is_taken():
    found = nearest(clinic(), "BN41 2AB")
    assert found is not None
    assert found.id == "park"  # BN3 is nearer to BN41 than BN1 and BN2


@pytest.mark.parametrize("said", ["", "x", "ulan bator", "SW1A 1AA", "99999"])
def test_what_is_not_nearby_is_not_guessed(said: str):
    assert nearest(clinic(), said) is None
