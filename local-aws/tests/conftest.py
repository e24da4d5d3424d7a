"""What every folder of the local AWS's tests shares."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a busy machine says nothing of the code
settings.load_profile("unhurried")
