"""Who may ask: a bearer token (RFC 6750), its role, and how often."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.channels.outbound_calls import Dialler
from bot.clock import utc_now
from bot.store.store import Store
from bot.web.api.limits import Buckets
from bot.web.api.problems import Refusal
from bot.web.house import House
from handoff.tokens import Token, TokenRole, looks_right

WRONG_A_MINUTE: Final = 30
"""Requests without a valid token from one address; beyond it, that address waits."""

bearer = HTTPBearer(auto_error=False, description="`Authorization: Bearer fd_…`, made by `frontdesk tokens create`.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]

EVERY = frozenset(TokenRole)
ANSWERS = frozenset({TokenRole.AGENT, TokenRole.SUPERVISOR, TokenRole.ADMIN, TokenRole.SERVICE})
OVERSEES = frozenset({TokenRole.SUPERVISOR, TokenRole.ADMIN, TokenRole.SERVICE})
CONNECTS = frozenset({TokenRole.ADMIN, TokenRole.SERVICE})
ADMINISTERS = frozenset({TokenRole.ADMIN})


class Door:
    """What the requests of one server share."""

    def __init__(self, house: House, lines: Callable[[], Dialler | None]) -> None:
        self.house, self.lines = house, lines
        self.asked = Buckets(house.centre.settings.api.per_minute)
        self.wrong = Buckets(WRONG_A_MINUTE, at_once=WRONG_A_MINUTE)

    @property
    def store(self) -> Store:
        """Raises FrontdeskError `centre.loading`."""
        return self.house.centre.shelves

    def admit(self, given: str, address: str, now: dt.datetime) -> Token:
        """Raises Refusal: 401 for no valid token, 429 for too many requests."""
        if wait := self.wrong.wait_s(address, now):
            raise _too_many(wait)
        token = self.store.tokens.of(given, now) if looks_right(given) else None
        if token is None:
            self.wrong.take(address, now)
            detail = "Please send a valid token: Authorization: Bearer fd_… (frontdesk tokens create)."
            raise Refusal(401, "api.token", detail, {"WWW-Authenticate": "Bearer"})
        if wait := self.asked.take(str(token.id), now):
            raise _too_many(wait)
        return token


def door_of(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


def store_of(request: Request) -> Store:
    return door_of(request).store


def only(roles: frozenset[TokenRole]) -> Any:
    """A dependency: the token that asks, which has one of these roles."""

    def check(request: Request, credentials: Credentials) -> Token:
        address = request.client.host if request.client else ""
        token = door_of(request).admit(credentials.credentials if credentials else "", address, utc_now())
        if token.role not in roles:
            raise Refusal(403, "api.role", f"This is not for tokens of the role {token.role.value}.")
        return token

    return Depends(check)


Anyone = Annotated[Token, only(EVERY)]
Answering = Annotated[Token, only(ANSWERS)]
Overseeing = Annotated[Token, only(OVERSEES)]
Connecting = Annotated[Token, only(CONNECTS)]
Administering = Annotated[Token, only(ADMINISTERS)]
Shelves = Annotated[Store, Depends(store_of)]


def _too_many(wait_s: float) -> Refusal:
    seconds = math.ceil(wait_s)
    return Refusal(429, "api.too_many", f"Too many requests; wait {seconds} s.", {"Retry-After": str(seconds)})
