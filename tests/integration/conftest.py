"""Fixtures that several integration tests share."""

from tests.integration.house import engines, house, logs

__all__ = ["engines", "house", "logs"]
