"""The newest tickets of all businesses, as desks list them, are found without reading the others."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_tickets_created_at"), "tickets", ["created_at"], unique=False)
