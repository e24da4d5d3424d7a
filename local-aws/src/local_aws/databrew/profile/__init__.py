"""Profiles: `configuration` says what, `statistics` and `columns` count, `document` writes it."""
