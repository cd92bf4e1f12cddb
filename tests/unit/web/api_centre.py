"""A centre with a database in memory and one small clinic, for what asks over REST."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from pydantic import SecretStr

from bot.config import ApiSettings, Settings, WebhookSettings
from bot.store.store import Store, open_store
from handoff.tokens import TokenRole
from tests.fakes_diary import clinic
from tests.unit.web.fake_centre import NOON, EchoConversation, FakeCentre

CONTENT = SimpleNamespace(
    business=clinic(),
    examples={"book": ("book me in", "an appointment please"), "faq/parking": ("can i park",)},
    faq={"faq/parking": SimpleNamespace(answer="There is a car park behind the house.")},
    vocabulary=None,
)


@dataclass
class ApiCentre(FakeCentre):
    shelves: Store = field(default_factory=lambda: open_store("sqlite://"))
    offices: Any = field(
        default_factory=lambda: SimpleNamespace(all=lambda: {"clinic": SimpleNamespace(content=CONTENT)})
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tickets = self.shelves.tickets  # type: ignore[assignment]
        self.people = self.shelves.people  # type: ignore[assignment]
        self.history = self.shelves.happenings  # type: ignore[assignment]
        self.timezone = dt.UTC

    def token(self, role: TokenRole = TokenRole.SERVICE) -> dict[str, str]:
        """The header that carries a new one."""
        _, plain = self.shelves.tokens.create(f"test {role.value}", role, NOON)
        return {"Authorization": f"Bearer {plain}"}


def api_centre(per_minute: int = 100_000, allow_private: bool = False) -> ApiCentre:
    settings = Settings(
        secret=SecretStr("a secret of the tests"),
        api=ApiSettings(per_minute=per_minute),
        webhooks=WebhookSettings(allow_private=allow_private),
    )
    return ApiCentre(EchoConversation(), settings)
