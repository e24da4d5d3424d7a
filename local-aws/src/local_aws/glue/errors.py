"""The errors that Glue answers with."""


class GlueError(Exception):
    """One Glue error: its AWS code and its message.

    Parameters
    ----------
    code
        The name clients match on, e.g. ``EntityNotFoundException``.
    message
        What was wrong.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def not_found(message: str) -> GlueError:
    """Return the error for something that the catalog does not hold."""
    return GlueError("EntityNotFoundException", message)


def already_exists(message: str) -> GlueError:
    """Return the error for a name that is taken."""
    return GlueError("AlreadyExistsException", message)


def invalid(message: str) -> GlueError:
    """Return the error for input that Glue does not accept."""
    return GlueError("InvalidInputException", message)
