"""What of SNS is ours: subscriptions that wait for their confirmation, mail, and what failed.

Topics, filter policies and FIFO are ministack's. `endpoints` says what may be subscribed,
`confirmation` what waits and for how long, `mail` writes what a person reads into the outbox, and
`delivery` sends a message to every subscription and takes care of those that it does not reach.
"""

from collections.abc import Callable

from local_aws.folder import DataFolder
from local_aws.meters import Meters
from local_aws.sns import confirmation, delivery, refusals
from local_aws.sns.mail import Outbox


def install(folder: DataFolder) -> tuple[Meters, Callable[[], None]]:
    """Replace ministack's functions in this process.

    Parameters
    ----------
    folder : DataFolder
        Mail is written into its ``outbox``.

    Returns
    -------
    tuple
        What topics count of themselves, and what is to be called once a minute.
    """
    outbox, meters = Outbox(folder.outbox), Meters()
    refusals.install()
    confirmation.install(outbox)
    delivery.install(outbox, meters)
    return meters, confirmation.forget_the_unconfirmed
