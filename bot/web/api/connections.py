"""Who is told, and who may ask: webhooks with what they were sent, and tokens."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from bot.clock import utc_now
from bot.store.store import Store
from bot.web.api.access import Administering, Connecting, Shelves, door_of
from bot.web.api.fields import MAX_ID, NO_CONTROL
from bot.web.api.paging import Limit, Page
from bot.web.api.problems import Refusal, missing
from handoff.tokens import Token, TokenRole
from handoff.webhooks import Delivery, DeliveryStatus, Event, Webhook, WrongWebhook, check_url, new_secret

router = APIRouter()

Id = Annotated[int, Path(ge=1, le=MAX_ID)]


class NewWebhook(BaseModel):
    url: Annotated[str, Field(max_length=2000, pattern=NO_CONTROL, description="https, and out in the internet.")]
    events: list[Event] = Field(default=list(Event), min_length=1, max_length=20)
    business: Annotated[str, Field(max_length=64, pattern=NO_CONTROL)] = ""
    is_active: bool = True


class WebhookOut(BaseModel):
    id: int
    url: str
    events: list[Event]
    business: str = Field(description="Empty: all of them.")
    is_active: bool


class WebhookMade(WebhookOut):
    secret: str = Field(description="Shown this once: what its messages are signed with.")


class DeliveryOut(BaseModel):
    id: int
    webhook_id: int
    message_id: str
    event: str
    status: DeliveryStatus
    tries: int
    created_at: dt.datetime
    due_at: dt.datetime = Field(description="Of one that is pending: when it is tried next.")
    answered: int | None = Field(description="HTTP status of the last try; null: no answer.")
    problem: str


class DeliveryWithBody(DeliveryOut):
    body: dict[str, Any]


class NewToken(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=80, pattern=NO_CONTROL)]
    role: TokenRole = TokenRole.SERVICE


class TokenOut(BaseModel):
    id: int
    name: str
    role: TokenRole
    start: str = Field(description="How it begins.")
    created_at: dt.datetime
    used_at: dt.datetime | None
    revoked_at: dt.datetime | None


class TokenMade(TokenOut):
    token: str = Field(description="Shown this once.")


@router.get("/webhooks", tags=["webhooks"])
def list_webhooks(token: Connecting, store: Shelves) -> list[WebhookOut]:
    return [webhook_out(one) for one in store.webhooks.everything()]


@router.post("/webhooks", tags=["webhooks"], status_code=201)
def add_webhook(request: Request, token: Connecting, store: Shelves, asked: NewWebhook) -> WebhookMade:
    """From now on it is told. The answer holds its secret, this once."""
    _check(request, asked)
    made = store.webhooks.add(_webhook(0, new_secret(), asked), utc_now())
    return WebhookMade(**webhook_out(made).model_dump(), secret=made.secret)


@router.put("/webhooks/{webhook_id}", tags=["webhooks"])
def change_webhook(
    request: Request, token: Connecting, store: Shelves, webhook_id: Id, asked: NewWebhook
) -> WebhookOut:
    """Its secret stays."""
    _check(request, asked)
    changed = _webhook(webhook_id, _known(store, webhook_id).secret, asked)
    store.webhooks.replace(changed)
    return webhook_out(changed)


@router.delete("/webhooks/{webhook_id}", tags=["webhooks"], status_code=204)
def remove_webhook(token: Connecting, store: Shelves, webhook_id: Id) -> Response:
    """With everything that it has yet to be told."""
    store.webhooks.remove(webhook_id)
    return Response(status_code=204)


@router.post("/webhooks/{webhook_id}/ping", tags=["webhooks"], status_code=202)
def ping_webhook(token: Connecting, store: Shelves, webhook_id: Id) -> DeliveryOut:
    """Sends a message that says nothing, to see whether one arrives."""
    _known(store, webhook_id)
    return delivery_out(_sent(store, store.outbox.ping(webhook_id, utc_now())))


@router.get("/deliveries", tags=["webhooks"])
def list_deliveries(
    token: Connecting,
    store: Shelves,
    status: DeliveryStatus | None = None,
    webhook_id: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
    limit: Limit = 50,
    after: Annotated[str | None, Query(pattern=r"^[0-9]{1,9}$", description="`next` of the page before.")] = None,
) -> Page[DeliveryOut]:
    """Newest first; `status=dead` are those given up."""
    found = store.outbox.newest(status, webhook_id, int(after) if after else None, limit + 1)
    following = str(found[limit - 1].id) if len(found) > limit else None
    return Page(items=[delivery_out(one) for one in found[:limit]], next=following)


@router.get("/deliveries/{delivery_id}", tags=["webhooks"])
def show_delivery(token: Connecting, store: Shelves, delivery_id: Id) -> DeliveryWithBody:
    delivery = _sent(store, delivery_id)
    return DeliveryWithBody(**delivery_out(delivery).model_dump(), body=json.loads(delivery.body))


@router.post("/deliveries/{delivery_id}/again", tags=["webhooks"], status_code=202)
def send_again(token: Connecting, store: Shelves, delivery_id: Id) -> DeliveryOut:
    """Sent anew, with all its tries."""
    store.outbox.again(delivery_id, utc_now())
    return delivery_out(_sent(store, delivery_id))


@router.get("/tokens", tags=["tokens"])
def list_tokens(token: Administering, store: Shelves) -> list[TokenOut]:
    return [token_out(one) for one in store.tokens.everything()]


@router.post("/tokens", tags=["tokens"], status_code=201)
def create_token(token: Administering, store: Shelves, asked: NewToken) -> TokenMade:
    """The answer holds the token, this once."""
    made, plain = store.tokens.create(asked.name, asked.role, utc_now())
    return TokenMade(**token_out(made).model_dump(), token=plain)


@router.delete("/tokens/{token_id}", tags=["tokens"])
def revoke_token(token: Administering, store: Shelves, token_id: Id) -> TokenOut:
    """From now on it opens nothing."""
    if token_id == token.id:
        raise Refusal(409, "api.own_token", "A token cannot revoke itself; use another one, or the command line.")
    return token_out(store.tokens.revoke(token_id, utc_now()))


def _check(request: Request, asked: NewWebhook) -> None:
    try:
        check_url(asked.url, door_of(request).house.centre.settings.webhooks.allow_private)
    except WrongWebhook as error:
        raise Refusal(422, "api.webhook_url", str(error)) from error


def _webhook(number: int, secret: str, asked: NewWebhook) -> Webhook:
    return Webhook(number, asked.url, secret, frozenset(asked.events), asked.business, asked.is_active)


def _known(store: Store, webhook_id: int) -> Webhook:
    webhook = store.webhooks.get(webhook_id)
    if webhook is None:
        raise missing("webhook")
    return webhook


def _sent(store: Store, delivery_id: int) -> Delivery:
    delivery = store.outbox.get(delivery_id)
    if delivery is None:
        raise missing("delivery")
    return delivery


def webhook_out(webhook: Webhook) -> WebhookOut:
    names = ("id", "url", "business", "is_active")
    return WebhookOut(**{name: getattr(webhook, name) for name in names}, events=sorted(webhook.events))


def delivery_out(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(**{name: getattr(delivery, name) for name in DeliveryOut.model_fields})


def token_out(token: Token) -> TokenOut:
    return TokenOut(**{name: getattr(token, name) for name in TokenOut.model_fields})
