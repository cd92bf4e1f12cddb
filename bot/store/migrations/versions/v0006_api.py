"""Tokens, webhooks and their deliveries; the book of the reports, which starts with all that is stored."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SUMS = (
    *("calls", "by_bot", "contained", "contained_net", "offered", "answered", "abandoned", "short", "in_time"),
    *("wait_ms", "handled", "handled_ms", "transferred", "resolved", "resolved_first", "surveyed", "score"),
    "satisfied",
)
FLAGS = ("by_bot", "contained", "answered", "abandoned", "transferred", "resolved")


def upgrade() -> None:
    _tokens()
    _webhooks()
    _contacts()
    _sums()
    op.execute("INSERT INTO stale_contacts (source) SELECT 'call:' || id FROM calls")
    op.execute("INSERT INTO stale_contacts (source) SELECT 'ticket:' || id FROM tickets")


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("start", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        _moment("created_at"),
        _moment("used_at", nullable=True),
        _moment("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("secret", sa.String(length=128), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("business", sa.String(length=64), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("created_at"),
        _moment("due_at"),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_deliveries_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_status_due_at"), "deliveries", ["status", "due_at"], unique=False)
    op.create_index(op.f("ix_deliveries_webhook_id"), "deliveries", ["webhook_id"], unique=False)


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("business", sa.String(length=64), nullable=False),
        _moment("started_at"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(length=length), server_default="", nullable=False)
            for name, length in (("caller", 32), ("intent", 64), ("queue", 64), ("agent", 16))
        ),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in FLAGS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("wait_ms", "handled_ms", "score")),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("came_again", "same_again")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_business_day"), "contacts", ["business", "day"], unique=False)
    callers = ["business", "caller", "started_at"]
    op.create_index(op.f("ix_contacts_business_caller_started_at"), "contacts", callers, unique=False)


def _sums() -> None:
    op.create_table(
        "stale_contacts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_contacts")),
    )
    op.create_table(
        "stale_days",
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("business", "day", name=op.f("pk_stale_days")),
    )
    op.create_table(
        "daily_sums",
        sa.Column("business", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dimension", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint("business", "day", "dimension", "key", name=op.f("pk_daily_sums")),
    )


def _moment(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
