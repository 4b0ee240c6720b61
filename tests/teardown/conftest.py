"""The accounts of the tests of the cloud."""

from tests.cloud.conftest import account, credentials, fresh, front, operator, sessions

__all__ = ["account", "credentials", "fresh", "front", "operator", "sessions"]
