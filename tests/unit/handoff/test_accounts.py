import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from handoff.accounts import Accounts, Guesses, Refused
from handoff.people import Role
from tests.unit.web.fake_centre import NOON, PeopleInMemory

PASSWORD = "quiet green window"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def accounts() -> Accounts:
    return Accounts(PeopleInMemory())


def code_of(action) -> str:
    with pytest.raises(Refused) as refused:
        action()
    assert refused.value.sentence
    return refused.value.code


def test_a_person_signs_in_with_their_password_only_and_it_cannot_be_read_back(accounts: Accounts) -> None:
    made = accounts.create(" Maya ", "Maya  Lee", PASSWORD, Role.AGENT, NOON)
    assert (made.login, made.name) == ("maya", "Maya Lee")
    assert made.password_hash.startswith("$argon2id$")
    assert PASSWORD not in repr(made)
    assert made.password_hash not in repr(made)
    assert accounts.sign_in("MAYA", PASSWORD, "here", NOON) == made
    assert code_of(lambda: accounts.sign_in("maya", PASSWORD + "s", "here", NOON)) == "accounts.wrong"
    assert code_of(lambda: accounts.sign_in("nobody", PASSWORD, "here", NOON)) == "accounts.wrong"


@pytest.mark.parametrize(
    ("login", "name", "password", "code"),
    [
        ("m", "Maya", PASSWORD, "accounts.login"),
        ("maya lee", "Maya", PASSWORD, "accounts.login"),
        ("maya", "  ", PASSWORD, "accounts.name"),
        ("maya", "Maya", "short", "accounts.password"),
        ("maya", "Maya", "iammaya12345", "accounts.password"),
        ("maya", "Maya", "x" * 201, "accounts.password"),
    ],
)
def test_what_cannot_be_an_account_is_refused_with_a_sentence(accounts, login, name, password, code) -> None:
    assert code_of(lambda: accounts.create(login, name, password, Role.AGENT, NOON)) == code


def test_two_people_cannot_sign_in_with_one_name(accounts: Accounts) -> None:
    accounts.create("maya", "Maya", PASSWORD, Role.AGENT, NOON)
    assert code_of(lambda: accounts.create("Maya", "Other", PASSWORD, Role.AGENT, NOON)) == "accounts.taken"


def test_who_is_switched_off_has_no_session_any_more(accounts: Accounts) -> None:
    accounts.create("ada", "Ada", PASSWORD, Role.ADMIN, NOON)
    made = accounts.create("maya", "Maya", PASSWORD, Role.AGENT, NOON)
    assert accounts.of_session(made.id, made.session_key) == made
    accounts.change(made.id, Role.AGENT, {}, is_active=False)
    accounts.change(made.id, Role.AGENT, {}, is_active=True)
    assert accounts.of_session(made.id, made.session_key) is None
    assert accounts.of_session(99, made.session_key) is None


def test_the_first_account_is_the_first_admin(accounts: Accounts) -> None:
    assert accounts.is_empty()
    accounts.create("maya", "Maya", PASSWORD, Role.AGENT, NOON)
    assert accounts.is_empty()
    accounts.create("ada", "Ada", PASSWORD, Role.ADMIN, NOON)
    assert not accounts.is_empty()


def test_wrong_guesses_make_one_wait_by_name_and_by_address_and_not_for_ever() -> None:
    guesses = Guesses()
    assert all(guesses.may_try("maya", "here", NOON) for _ in range(5))
    assert not guesses.may_try("maya", "here", NOON)
    assert guesses.may_try("maya", "elsewhere", NOON), "nobody locks a colleague out from afar"
    assert guesses.may_try("maya", "here", NOON + 15 * MINUTE)
    assert sum(guesses.may_try(f"name{number}", "here", NOON + 16 * MINUTE) for number in range(40)) == 29
    assert not guesses.may_try("anybody", "here", NOON + 17 * MINUTE)


def test_many_guesses_at_once_are_no_way_around_the_limit(accounts: Accounts) -> None:
    accounts.create("maya", "Maya", PASSWORD, Role.AGENT, NOON)

    def guess(number: int) -> str:
        return code_of(lambda: accounts.sign_in("maya", f"guess {number}", "here", NOON))

    with ThreadPoolExecutor(12) as threads:
        codes = Counter(threads.map(guess, range(12)))
    assert codes == {"accounts.wrong": 5, "accounts.guesses": 7}


def test_guesses_are_counted_while_other_threads_guess_too() -> None:
    guesses = Guesses()

    def guess(number: int) -> None:
        for attempt in range(200):
            guesses.may_try("maya", f"{number}-{attempt}", NOON + attempt * dt.timedelta(seconds=10))
            guesses.forget("maya", f"{number}-{attempt}")

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(guess, range(8))) == [None] * 8


def test_a_right_password_forgives_the_slips_before_it(accounts: Accounts) -> None:
    accounts.create("maya", "Maya", PASSWORD, Role.AGENT, NOON)
    for _ in range(4):
        code_of(lambda: accounts.sign_in("maya", "slip of a finger", "here", NOON))
    accounts.sign_in("maya", PASSWORD, "here", NOON)
    assert code_of(lambda: accounts.sign_in("maya", "slip of a finger", "here", NOON)) == "accounts.wrong"
