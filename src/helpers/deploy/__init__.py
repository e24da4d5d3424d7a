"""The platform's resources by CloudFormation: ``python -m helpers.deploy --stage dev``."""
