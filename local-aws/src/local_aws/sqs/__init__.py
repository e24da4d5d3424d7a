"""What of SQS is ours: tasks that move messages out of a dead-letter queue, and refusals.

Queues and messages are ministack's.
"""

from local_aws.sqs import calls, refusals


def install() -> None:
    """Add the operations to ministack's, and look at attributes before it does."""
    calls.install()
    refusals.install()
