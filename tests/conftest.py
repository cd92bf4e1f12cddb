"""For all tests: random input may take its time, for two cores are shared and nothing here asserts speed."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("frontdesk", deadline=None)
settings.load_profile("frontdesk")
