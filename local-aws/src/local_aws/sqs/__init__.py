"""What of SQS is ours: tasks that move messages out of a dead-letter queue, attributes, refusals.

Queues and messages are ministack's.
"""

from local_aws.sqs import attributes, calls, refusals


def install() -> None:
    """Add the operations to ministack's, and look at attributes before it does."""
    attributes.install()
    calls.install()
    refusals.install()
