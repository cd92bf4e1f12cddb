"""Skills without code: what a business wants asked and done, as content. Read, checked and drawn here; talked through
by the same forms as booking (`bot/dialogue/skills/scripted.py`)."""
