"""What of a function's configuration its execution environments are made from."""

import copy
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from local_aws.tenant import Tenant

LATEST = "$LATEST"
_OF_ENVIRONMENT = (
    "CodeSha256",
    "Environment",
    "Handler",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "Timeout",
)


@dataclass(frozen=True)
class Function:
    """One version of a function.

    Parameters
    ----------
    config : dict
        As GetFunctionConfiguration tells it.
    """

    config: dict[str, Any]

    def __post_init__(self) -> None:
        # ministack's own changes in place: an environment would pass for one of what came later
        object.__setattr__(self, "config", copy.deepcopy(self.config))

    @property
    def tenant(self) -> Tenant:
        """Whose it is, by its ARN."""
        _, _, _, region, account, *_ = self.config["FunctionArn"].split(":")
        return Tenant(account, region)

    @property
    def name(self) -> str:
        """Its name, without a qualifier."""
        return str(self.config["FunctionName"])

    @property
    def arn(self) -> str:
        """Its ARN as the caller named it: with an alias or version where one was asked for."""
        return str(self.config["FunctionArn"])

    @property
    def version(self) -> str:
        """`LATEST` or a number."""
        return str(self.config.get("Version", LATEST))

    @property
    def runtime(self) -> str:
        """Such as ``python3.11``."""
        return str(self.config["Runtime"])

    @property
    def handler(self) -> str:
        """Module and function, ``package.module.function``."""
        return str(self.config["Handler"])

    @property
    def role(self) -> str:
        """The ARN of its role."""
        return str(self.config["Role"])

    @property
    def memory_mb(self) -> int:
        """MiB that it may use."""
        return int(self.config.get("MemorySize", 128))

    @property
    def timeout_s(self) -> int:
        """Seconds that one invocation may take."""
        return int(self.config.get("Timeout", 3))

    @property
    def variables(self) -> dict[str, str]:
        """Its own environment variables."""
        own = (self.config.get("Environment") or {}).get("Variables") or {}
        return {name: str(value) for name, value in own.items()}

    @property
    def log_group(self) -> str:
        """Where its log goes."""
        return str(self._logging.get("LogGroup") or f"/aws/lambda/{self.name}")

    @property
    def logs_json(self) -> bool:
        """Whether its log is JSON."""
        return bool(self._logging.get("LogFormat") == "JSON")

    @property
    def application_log_level(self) -> str | None:
        """What of its own lines is kept, None for all."""
        return self._logging.get("ApplicationLogLevel") or ("INFO" if self.logs_json else None)

    @property
    def logs_platform(self) -> bool:
        """Whether the service's own lines (START, END, REPORT) are kept."""
        return bool(self._logging.get("SystemLogLevel", "INFO") != "WARN")

    @property
    def fingerprint(self) -> str:
        """Say what an environment must have been made from to serve this version."""
        made_from = [self.config.get(key) for key in _OF_ENVIRONMENT]
        parts = [self.arn.split(":")[:7], self.version, made_from]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @property
    def _logging(self) -> dict[str, Any]:
        return self.config.get("LoggingConfig") or {}
