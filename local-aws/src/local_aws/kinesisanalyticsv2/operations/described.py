"""An application as operations tell it."""

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2 import configuration
from local_aws.protocol.service import Record

_WINDOW_HOURS = 8
_OPTIONAL = {
    "ApplicationDescription": "Description",
    "ApplicationVersionUpdatedFrom": "UpdatedFrom",
    "ApplicationVersionRolledBackFrom": "RolledBackFrom",
    "ApplicationVersionRolledBackTo": "RolledBackTo",
}


def detail(application: Document, *, plan: bool = False) -> Record:
    """Make the ApplicationDetail of an application."""
    told: Record = {
        "ApplicationARN": application["ARN"],
        "ApplicationName": application["Name"],
        "RuntimeEnvironment": application["Runtime"],
        "ServiceExecutionRole": application["Role"],
        "ApplicationStatus": application["Status"],
        "ApplicationVersionId": application["Version"],
        "CreateTimestamp": application["Created"],
        "LastUpdateTimestamp": application["Updated"],
        "ApplicationVersionCreateTimestamp": application["VersionCreated"],
        "ConditionalToken": application["Token"],
        "ApplicationMode": application["Mode"],
        "ApplicationConfigurationDescription": configuration.description(application, plan=plan),
        "CloudWatchLoggingOptionDescriptions": application["Logging"],
        "ApplicationMaintenanceConfigurationDescription": window(application),
    }
    for name, member in _OPTIONAL.items():
        if application.get(member):
            told[name] = application[member]
    return told


def window(application: Document) -> Record:
    """Make the description of when an application may be maintained: eight hours of a day."""
    hour, minute = map(int, application["Window"].split(":"))
    end = f"{(hour + _WINDOW_HOURS) % 24:02}:{minute:02}"
    return {
        "ApplicationMaintenanceWindowStartTime": application["Window"],
        "ApplicationMaintenanceWindowEndTime": end,
    }
