"""What two packages must each know of the runtime, and know alike."""

from flink_notes.application import runtime
from local_aws.kinesisanalyticsv2.flink import distribution, settings


def test_the_check_and_the_local_service_let_an_application_set_the_same() -> None:
    assert runtime.SETTINGS == settings.SETTINGS
    assert runtime.NAME == distribution.RUNTIME
