"""Conversations as tests: what a caller says and what must come of it, played without sound against real content."""
