"""The worker that tells webhooks: takes what is due from the outbox, sends it, plans the next try.

Beside the calls, never before them: whoever stores something only writes a row. Some webhooks at once, and one which
does not answer is waited for once a round, however much it is to be told; killed in between, the lease of what was
under way runs out and it is sent again, with the id it had.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import structlog

from bot.errors import FrontdeskError
from bot.logs import place_of
from bot.store.store import Store
from bot.web.api.posting import TIMEOUT_S, NotPosted, post
from handoff.webhooks import Delivery, Webhook, WrongWebhook, headers, is_delivered, pause_s

log = structlog.get_logger(__name__)

LOOK_S: Final = 1.0
AT_ONCE: Final = 4
FORGET_EVERY: Final = dt.timedelta(hours=6)

Clock = Callable[[], dt.datetime]


class Deliveries:
    """`roll` draws the random part of the pauses, from 0 to 1."""

    def __init__(
        self,
        store: Callable[[], Store],
        clock: Clock,
        allow_private: bool = False,
        roll: Callable[[], float] = random.random,
        timeout_s: float = TIMEOUT_S,
        keep_days: int = 30,
    ) -> None:
        self._store, self._clock, self._roll = store, clock, roll
        self._allow_private, self._timeout_s = allow_private, timeout_s
        self._kept = dt.timedelta(days=keep_days)
        self._forgot_at: dt.datetime | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                while await self.deliver_due():
                    pass
                await self._forget()
            except FrontdeskError as error:
                if error.code != "centre.loading":
                    log.warning("webhooks.unreadable", code=error.code)
            except Exception as error:  # else nobody would be told anything any more
                log.error("webhooks.failed", error=type(error).__name__, where=place_of(error))
            await asyncio.sleep(LOOK_S)

    async def deliver_due(self) -> int:
        """Everything that is due now, once; how many that was. Raises FrontdeskError."""
        store = self._store()
        due = await asyncio.to_thread(store.outbox.claim, self._clock())
        hooks = {one.id: one for one in await asyncio.to_thread(store.webhooks.everything)} if due else {}
        places = asyncio.Semaphore(AT_ONCE)

        async def tell_all(told: Sequence[Delivery]) -> None:
            """One webhook's, one after the other, until one is not answered: the others would keep everybody waiting
            as long, and fail like it."""
            async with places:
                unreached = ""
                for delivery in told:
                    hook = hooks.get(delivery.webhook_id)
                    unreached = await asyncio.to_thread(self._deliver, store, hook, delivery, unreached)

        await asyncio.gather(*(tell_all(told) for told in _by_webhook(due)))
        return len(due)

    def _deliver(self, store: Store, webhook: Webhook | None, delivery: Delivery, unreached: str) -> str:
        """Why nobody answers there; "" when somebody did. With `unreached` it is not sent: that try failed, too."""
        answered, problem = (None, unreached) if unreached else self._send(webhook, delivery)
        if answered is not None and is_delivered(answered):
            store.outbox.delivered(delivery.id, answered)
            return ""
        pause = pause_s(delivery.tries, self._roll())
        again_at = None if pause is None else self._clock() + dt.timedelta(seconds=pause)
        log.info("webhook.not_told", webhook=delivery.webhook_id, tries=delivery.tries, is_dead=again_at is None)
        with suppress(FrontdeskError):  # then its lease brings it back
            store.outbox.failed(delivery.id, answered, problem or f"answered {answered}", again_at)
        return problem

    def _send(self, webhook: Webhook | None, delivery: Delivery) -> tuple[int | None, str]:
        if webhook is None or not webhook.is_active:
            return None, "the webhook is switched off"
        body = delivery.body.encode()
        try:
            signed = headers(webhook.secret, delivery.message_id, self._clock(), body)
            return post(webhook.url, signed, body, self._allow_private, self._timeout_s), ""
        except (NotPosted, WrongWebhook) as error:
            return None, str(error)

    async def _forget(self) -> None:
        now = self._clock()
        if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = now
            await asyncio.to_thread(self._store().outbox.forget, now - self._kept)


def _by_webhook(due: Sequence[Delivery]) -> list[list[Delivery]]:
    told: dict[int, list[Delivery]] = {}
    for delivery in due:
        told.setdefault(delivery.webhook_id, []).append(delivery)
    return list(told.values())
