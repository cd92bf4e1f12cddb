"""Signing in: passwords that cannot be read back, guesses that get nowhere, sessions that can be ended.

Passwords are kept as Argon2id (RFC 9106, the parameters of argon2-cffi, which are its second recommended option).
Rules of length after NIST SP 800-63B section 5.1.1: length counts, composition does not.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from handoff.people import ADMINISTERS, Person, PersonStore, Role

LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
PASSWORD_LENGTH: Final = range(10, 201)
MAX_NAME: Final = 80
HASHING: Final = threading.BoundedSemaphore(2)
"""A hash takes 64 MiB and a core for some 50 ms: many guesses at once must not take the calls' share."""


class Refused(Exception):
    """`code` is stable, `sentence` says to the person what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


class Guesses:
    """Wrong passwords lately, by name and address together and by address alone. In memory, bounded; for threads."""

    WINDOW: Final = dt.timedelta(minutes=15)
    PER_NAME: Final = 5
    PER_ADDRESS: Final = 30
    MAX_KEPT: Final = 10_000

    def __init__(self) -> None:
        self._wrong: deque[tuple[dt.datetime, str, str]] = deque(maxlen=self.MAX_KEPT)
        self._lock = threading.Lock()

    def may_try(self, login: str, address: str, now: dt.datetime) -> bool:
        """False for who must wait. A try counts as wrong from its beginning until `forget`: no password is looked at
        before, so that many at once get no further than one after the other.
        """
        with self._lock:
            while self._wrong and now - self._wrong[0][0] >= self.WINDOW:
                self._wrong.popleft()
            here = [name for _, name, place in self._wrong if place == address]
            if here.count(login) >= self.PER_NAME or len(here) >= self.PER_ADDRESS:
                return False
            self._wrong.append((now, login, address))
            return True

    def forget(self, login: str, address: str) -> None:
        """The password was right."""
        with self._lock:
            kept = [one for one in self._wrong if one[1:] != (login, address)]
            self._wrong = deque(kept, maxlen=self.MAX_KEPT)


class Accounts:
    """The rules around the people in the store. Blocking: a password takes some 50 ms."""

    def __init__(self, people: PersonStore) -> None:
        self._people = people
        self._hasher = PasswordHasher()
        self._guesses = Guesses()
        self._nobody = ""

    def is_empty(self) -> bool:
        return not any(person.role in ADMINISTERS for person in self._people.everybody())

    def create(self, login: str, name: str, password: str, role: Role, now: dt.datetime) -> Person:
        """Raises Refused with what is wrong: login, name or password."""
        login, name = login.strip().lower(), " ".join(name.split())
        if not LOGIN.fullmatch(login):
            raise Refused("accounts.login", "A sign-in name has 2 to 64 letters, figures or . _ - + @.")
        if not 0 < len(name) <= MAX_NAME:
            raise Refused("accounts.name", "Please give the name that callers will see, up to 80 letters.")
        if len(password) not in PASSWORD_LENGTH or login in password.lower():
            raise Refused(
                "accounts.password", "A password has 10 to 200 characters and does not hold the sign-in name."
            )
        if self._people.by_login(login):
            raise Refused("accounts.taken", "Somebody signs in with that name already; choose another.")
        person = Person(0, login, name, role, self._hash(password), secrets.token_urlsafe(16))
        return self._people.add(person, now)

    def sign_in(self, login: str, password: str, address: str, now: dt.datetime) -> Person:
        """Raises Refused; the same answer, after the same time, for a wrong password and an unknown name."""
        login = login.strip().lower()
        person = self._people.by_login(login)  # first: a database that is gone is nobody's wrong password
        if not self._guesses.may_try(login, address, now):
            raise Refused("accounts.guesses", "Too many wrong passwords. Please wait a quarter of an hour.")
        known = person if person and person.is_active else None
        if not self._is_right(known.password_hash if known else self._decoy(), password) or known is None:
            raise Refused("accounts.wrong", "That name and password do not fit.")
        self._guesses.forget(login, address)
        if self._hasher.check_needs_rehash(known.password_hash):
            known = replace(known, password_hash=self._hash(password))
            self._people.replace(known)
        return known

    def of_session(self, person_id: int, session_key: str) -> Person | None:
        """None when they were switched off since."""
        person = self._people.get(person_id)
        if person is None or not person.is_active or not secrets.compare_digest(person.session_key, session_key):
            return None
        return person

    def change(self, person_id: int, role: Role, queues: Mapping[str, int], is_active: bool) -> Person:
        """Raises Refused for an unknown person, and when nobody would be left to administer."""
        person = self._people.get(person_id)
        if person is None:
            raise Refused("accounts.nobody", "That person is not here any more.")
        others = (one for one in self._people.everybody() if one.id != person_id and one.is_active)
        if not (is_active and role in ADMINISTERS) and not any(one.role in ADMINISTERS for one in others):
            raise Refused("accounts.last", "Somebody must stay admin: make another admin first.")
        changed = replace(person, role=role, queues=dict(queues), is_active=is_active)
        if not is_active:
            changed = replace(changed, session_key=secrets.token_urlsafe(16))
        self._people.replace(changed)
        return changed

    def _hash(self, password: str) -> str:
        with HASHING:
            return self._hasher.hash(password)

    def _is_right(self, password_hash: str, password: str) -> bool:
        with HASHING:
            try:
                return self._hasher.verify(password_hash, password)
            except (VerificationError, InvalidHashError):
                return False

    def _decoy(self) -> str:
        self._nobody = self._nobody or self._hash(secrets.token_urlsafe(16))
        return self._nobody
