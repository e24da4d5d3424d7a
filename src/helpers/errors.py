"""The one family of errors that the project raises for its users."""


class PlatformError(Exception):
    """Something a user can mend: the message says what was wrong, where, and what to do."""


class InputError(PlatformError):
    """A file, parameter or table is not what it must be."""


class ServiceError(PlatformError):
    """AWS, local or real, is out of reach or refused what was asked."""
