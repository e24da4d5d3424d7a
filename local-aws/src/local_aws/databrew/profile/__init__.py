"""Profiles: `configuration` says what is counted, `statistics` counts, `document` writes it."""
