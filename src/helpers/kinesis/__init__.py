"""Kinesis as a notebook needs it: `streams` looks, `peek` reads."""
