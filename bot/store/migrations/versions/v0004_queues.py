"""Queues' settings, call-backs, messages left."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Its tables follow."""
