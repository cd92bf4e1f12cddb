"""Queues' settings, call backs, messages left."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "queues",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_queues")),
    )
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("caller", sa.String(length=64), server_default="", nullable=False),
        sa.Column("medium", sa.String(length=16), server_default="call", nullable=False),
        sa.Column("placed_at", moment),
        sa.Column("due_at", moment),
        sa.Column("number", sa.String(length=32), server_default="", nullable=False),
        sa.Column("recording", sa.String(length=255), server_default="", nullable=False),
        sa.Column("left_at", moment),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
    ):
        op.add_column("tickets", column)
    op.create_index(op.f("ix_tickets_business_caller"), "tickets", ["business", "caller"], unique=False)
