"""What both command lines take: the rule that bots are above."""

import argparse

from helpers.bursts import Rule, of_note


def add_rule(parser: argparse.ArgumentParser) -> None:
    """Add the two numbers of a rule; the note's own stand where they are left out."""
    for name, what in (
        ("--max-actions", "a bot makes more of them"),
        ("--window-seconds", "within less than so many seconds"),
    ):
        parser.add_argument(name, type=int, help=f"{what} (default: as in the note)")


def rule_of(given: argparse.Namespace) -> Rule:
    """Read the rule from the command line.

    Raises
    ------
    InputError
        Where a number is out of its range.
    """
    usual = of_note()
    return Rule(
        usual.max_actions if given.max_actions is None else given.max_actions,
        usual.window_s if given.window_seconds is None else given.window_seconds,
    )
