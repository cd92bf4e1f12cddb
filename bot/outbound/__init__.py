"""Reaching people: what is due, the ways to reach them, and what came of each attempt."""
