"""The accounts of the tests of the cloud."""

from tests.cloud.conftest import account, credentials, sessions
from tests.cloud.test_inventory import only_what_moto_has

__all__ = ["account", "credentials", "only_what_moto_has", "sessions"]
