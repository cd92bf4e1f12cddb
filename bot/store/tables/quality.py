"""Recordings that were opened, calls that were scored, and cases across calls."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables.columns import Moment, business, metadata, row_id, text

listens = sa.Table(
    "listens",
    metadata,
    row_id(),
    text("call_id", 64, None, index=True),
    sa.Column("person", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
"""Who opened which recording."""

score_cards = sa.Table(
    "score_cards",
    metadata,
    row_id(),
    sa.Column("questions", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.Integer, nullable=False),
)
"""The newest holds; older ones stay for the scores given with them."""

scores = sa.Table(
    "scores",
    metadata,
    row_id(),
    text("call_id", 64, None),
    sa.Column("agent", sa.Integer, nullable=False),
    sa.Column("card_id", sa.ForeignKey("score_cards.id"), nullable=False),
    sa.Column("answers", sa.JSON, nullable=False),
    text("comment", 2000),
    sa.Column("score", sa.Float, nullable=False),  # 0 to 100
    sa.Column("by", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("call_id", "by"),
    sa.Index(None, "agent", "at"),
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    business(),
    text("caller", 64),
    text("customer", 200),
    text("wants", 500),
    text("status", 16, None),
    sa.Column("owner", sa.Integer),
    sa.Column("due_at", Moment),
    text("follow_up", 16),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Index(None, "business", "caller"),
    sa.Index(None, "status", "due_at"),
)

case_steps = sa.Table(
    "case_steps",
    metadata,
    row_id(),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    text("what", 16, None),
    sa.Column("at", Moment, nullable=False),
    sa.Column("agent", sa.Integer),
    text("ticket_id", 16, "", index=True),
    text("note", 2000),
)
"""A case's history; the tickets it came with are in it."""
