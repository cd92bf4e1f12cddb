"""The tables, a file for each part of the centre; `bot.store.schema` has them all."""
