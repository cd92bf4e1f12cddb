"""What callers hear and what was missed, and what skills from files take down."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables.columns import Moment, business, metadata, row_id, text

content_draft = sa.Table(
    "content_draft",
    metadata,
    sa.Column("path", sa.String(200), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    text("base", 16, None),
    text("by", 80, None),
    sa.Column("at", Moment, nullable=False),
)
"""Files of the content folder as they are being edited. Like the versions it is of all businesses: they share files."""

content_versions = sa.Table(
    "content_versions",
    metadata,
    row_id(),
    text("name", 120, None),
    sa.Column("at", Moment, nullable=False),
    text("by", 80, None),
    text("reason", 500),
    sa.Column("figures", sa.JSON, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
)

misses = sa.Table(
    "misses",
    metadata,
    row_id(),
    business(),
    text("call_id", 64, None),
    sa.Column("at", Moment, nullable=False),
    text("text", 1000, None),
    text("why", 32, None),
    text("guess", 120),
    sa.Column("confidence", sa.Float, nullable=False),
    text("asked", 1000),
    text("answered", 1000),
    sa.Column("start_ms", sa.Integer, nullable=False),
    sa.Column("end_ms", sa.Integer, nullable=False),
    text("status", 16, None),
    text("label", 120),
    text("by", 80),
    sa.Index(None, "business", "status", "at"),
)
"""Phrases of calls that were not understood, personal data masked."""

skill_results = sa.Table(
    "skill_results",
    metadata,
    row_id(),
    business(),
    text("reference", 8, None),
    text("call_id", 64, None),
    text("skill", 64, None),
    text("outcome", 64, None),
    text("caller", 64, None),
    sa.Column("customer_id", sa.Integer),
    sa.Column("values", sa.JSON, nullable=False),
    sa.Column("written", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("mail", sa.JSON(none_as_null=True)),
    text("mail_status", 8, None),
    sa.Column("mail_tries", sa.Integer, nullable=False),
    sa.Column("mail_due_at", Moment),
    sa.UniqueConstraint("business", "reference"),
    sa.Index(None, "business", "at"),
    sa.Index(None, "mail_status", "mail_due_at"),
)
"""What skills from files have taken down, each with the letter that goes out because of it."""
