"""The one family of errors that the project raises for its users."""


class PlatformError(Exception):
    """Something a user can mend: the message says what was wrong, where, and what to do."""

    def _render_traceback_(self) -> list[str]:
        """Give IPython the message alone: the lines of code that raised it help nobody."""
        return [f"{type(self).__name__}: {self}"]


class InputError(PlatformError):
    """A file, parameter or table is not what it must be."""


class ServiceError(PlatformError):
    """AWS, local or real, is out of reach or refused what was asked."""


class MissingError(InputError):
    """Something that a deployment declares is not there.

    Parameters
    ----------
    what : str
        What was looked for.
    stage : str
        The platform's, where it is known.
    """

    def __init__(self, what: str, stage: str = "dev") -> None:
        super().__init__(
            f"{what} does not exist: `make deploy STAGE={stage}` makes it, or name another."
        )
