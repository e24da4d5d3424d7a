"""What of DynamoDB is ours: refusals of requests that ministack would carry out in part.

Tables and items are ministack's.
"""

from local_aws.dynamodb import refusals


def install() -> None:
    """Look at requests before ministack does."""
    refusals.install()
