"""Programs beside people: who may ask over REST, who is told by webhooks, and what became of what they were told."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import FileResponse, JSONResponse, Response

from bot.clock import utc_now
from bot.errors import StoreError
from bot.store.store import Store
from bot.web.api.connections import NewToken, NewWebhook, delivery_out, token_out, webhook_out
from bot.web.api.fields import MAX_ID
from bot.web.guard import STATIC, Administering, AdministeringChange, Denied
from bot.web.house import house_of
from handoff.tokens import TokenRole
from handoff.webhooks import DeliveryStatus, Event, Webhook, WrongWebhook, check_url, new_secret

router = APIRouter(prefix="/people/programs", include_in_schema=False)

Id = Annotated[int, Path(ge=1, le=MAX_ID)]
PAGE: Final = 25


class Switch(BaseModel):
    is_active: bool


@router.get("")
def programs_page(person: Administering) -> Response:
    return FileResponse(STATIC / "programs.html")


@router.get("/list")
def everything(request: Request, person: Administering) -> Response:
    store, house = _store(request), house_of(request)
    return JSONResponse(
        {
            "tokens": [token_out(one).model_dump(mode="json") for one in store.tokens.everything()],
            "webhooks": [webhook_out(one).model_dump(mode="json") for one in store.webhooks.everything()],
            "roles": [role.value for role in TokenRole],
            "events": [event.value for event in Event],
            "businesses": {key: office.content.business.name for key, office in house.centre.offices.all().items()},
            "keep_days": house.centre.settings.webhooks.keep_days,
        }
    )


@router.post("/tokens")
def create_token(request: Request, person: AdministeringChange, asked: NewToken) -> Response:
    """The answer holds the token, this once."""
    made, plain = _store(request).tokens.create(asked.name, asked.role, utc_now())
    return JSONResponse(token_out(made).model_dump(mode="json") | {"token": plain})


@router.post("/tokens/{token_id}/revoke")
def revoke_token(request: Request, person: AdministeringChange, token_id: Id) -> Response:
    try:
        revoked = _store(request).tokens.revoke(token_id, utc_now())
    except StoreError as error:
        raise _gone(error) from error
    return JSONResponse(token_out(revoked).model_dump(mode="json"))


@router.post("/webhooks")
def add_webhook(request: Request, person: AdministeringChange, asked: NewWebhook) -> Response:
    """The answer holds its secret, this once."""
    try:
        check_url(asked.url, house_of(request).centre.settings.webhooks.allow_private)
    except WrongWebhook as error:
        raise Denied(422, str(error)) from error
    fresh = Webhook(0, asked.url, new_secret(), frozenset(asked.events), asked.business, asked.is_active)
    made = _store(request).webhooks.add(fresh, utc_now())
    return JSONResponse(webhook_out(made).model_dump(mode="json") | {"secret": made.secret})


@router.post("/webhooks/{webhook_id}/ping")
def ping(request: Request, person: AdministeringChange, webhook_id: Id) -> Response:
    """A message that says nothing, to see whether one arrives."""
    store = _store(request)
    _known(store, webhook_id)
    return _delivery(store, store.outbox.ping(webhook_id, utc_now()))


@router.post("/webhooks/{webhook_id}/switch")
def switch(request: Request, person: AdministeringChange, webhook_id: Id, asked: Switch) -> Response:
    """Off, it is told nothing, and keeps its secret and what it was told."""
    store = _store(request)
    changed = replace(_known(store, webhook_id), is_active=asked.is_active)
    store.webhooks.replace(changed)
    return JSONResponse(webhook_out(changed).model_dump(mode="json"))


@router.post("/webhooks/{webhook_id}/remove")
def remove_webhook(request: Request, person: AdministeringChange, webhook_id: Id) -> Response:
    """With everything that it was told, and has yet to be."""
    try:
        _store(request).webhooks.remove(webhook_id)
    except StoreError as error:
        raise _gone(error) from error
    return JSONResponse({})


@router.get("/deliveries")
def deliveries(
    request: Request,
    person: Administering,
    status: DeliveryStatus | None = None,
    before: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
) -> Response:
    """Newest first, a page of them."""
    found = _store(request).outbox.newest(status, None, before, PAGE + 1)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    plain = [delivery_out(one).model_dump(mode="json") for one in found[:PAGE]]
    return JSONResponse({"deliveries": plain, "more": more})


@router.post("/deliveries/{delivery_id}/again")
def send_again(request: Request, person: AdministeringChange, delivery_id: Id) -> Response:
    """Sent anew, with all its tries."""
    store = _store(request)
    try:
        store.outbox.again(delivery_id, utc_now())
    except StoreError as error:
        raise _gone(error) from error
    return _delivery(store, delivery_id)


def _delivery(store: Store, delivery_id: int) -> Response:
    delivery = store.outbox.get(delivery_id)
    plain: dict[str, Any] = delivery_out(delivery).model_dump(mode="json") if delivery else {}
    return JSONResponse(plain)


def _known(store: Store, webhook_id: int) -> Webhook:
    if webhook := store.webhooks.get(webhook_id):
        return webhook
    raise Denied(404, "There is no such webhook any more.")


def _gone(error: StoreError) -> Exception:
    """What somebody else has removed meanwhile is not found; a database that fails stays what it is."""
    return Denied(404, error.message) if error.code.startswith("store.no_") else error


def _store(request: Request) -> Store:
    return house_of(request).centre.shelves
