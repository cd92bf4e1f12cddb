"""One book over bot, queue and people, for the reports."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables.columns import Moment, business, metadata, row_id, text
from handoff.reports import SUMS

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # the call's, or the ticket's where there is no call
    business(),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("day", sa.Date, nullable=False),  # both local to the business
    sa.Column("hour", sa.Integer, nullable=False),
    text("caller", 32),  # a digest: only good for telling that it is the same one
    text("intent", 64),
    text("queue", 64),
    text("agent", 16),
    text("case_id", 16, index=True),
    sa.Column("by_bot", sa.Boolean, nullable=False),
    sa.Column("contained", sa.Boolean, nullable=False),
    sa.Column("answered", sa.Boolean, nullable=False),
    sa.Column("abandoned", sa.Boolean, nullable=False),
    sa.Column("transferred", sa.Boolean, nullable=False),
    sa.Column("resolved", sa.Boolean, nullable=False),
    sa.Column("wait_ms", sa.Integer, nullable=False),
    sa.Column("handled_ms", sa.Integer, nullable=False),
    sa.Column("score", sa.Integer, nullable=False),  # 1 to 5; 0: not asked
    sa.Column("quality", sa.Integer),  # hundredths of a point
    sa.Column("came_again", sa.Boolean, nullable=False),
    sa.Column("same_again", sa.Boolean, nullable=False),
    sa.Index(None, "business", "day"),
    sa.Index(None, "business", "caller", "started_at"),
)

stale_contacts = sa.Table("stale_contacts", metadata, row_id(), text("source", 80, None))
"""What the book has yet to look at: `call:ID` or `ticket:ID`. Rows are only added, then taken away by id: whoever adds
one while the book is being brought up to date is not overlooked."""

stale_days = sa.Table(
    "stale_days",
    metadata,
    sa.Column("business", sa.String(64), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
)

daily_sums = sa.Table(
    "daily_sums",
    metadata,
    sa.Column("business", sa.String(64), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("dimension", sa.String(8), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in SUMS),
)
"""A day of a business, once in all (`dimension` all, key ""), and by queue, agent, intent and hour."""
