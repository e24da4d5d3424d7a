"""Zeppelin's own format of notes (``.zpln``): written for Zeppelin and Studio, and read back."""
