"""Programs that ask (REST) and are told (webhooks)."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables.columns import Moment, metadata, row_id, text

tokens = sa.Table(
    "tokens",
    metadata,
    row_id(),
    text("name", 80, None),
    text("role", 16, None),
    text("start", 16, None),  # how it begins, so that people know it again; the whole of it is kept nowhere
    text("digest", 64, None, unique=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("revoked_at", Moment),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    row_id(),
    text("url", 2000, None),
    text("secret", 128, None),
    sa.Column("events", sa.JSON, nullable=False),
    text("business", 64),  # "": of all businesses
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    row_id(),
    sa.Column("webhook_id", sa.ForeignKey("webhooks.id"), nullable=False),
    text("message_id", 40, None),
    text("event", 40, None),
    sa.Column("body", sa.Text, nullable=False),  # the very bytes that are signed
    text("status", 16, None),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("answered", sa.Integer),  # the last HTTP status
    text("problem", 200),
    sa.Index(None, "status", "due_at"),
    sa.Index(None, "webhook_id"),
)
