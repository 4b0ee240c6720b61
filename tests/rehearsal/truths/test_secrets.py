"""Secrets, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]


@pytest.fixture
def secrets(clients: Callable[..., Any]) -> Any:
    """Secrets Manager of the ally's account, with a secret `enrolment`."""
    client = clients("secretsmanager")
    client.create_secret(Name="enrolment", SecretString="one")
    return client


@pytest.fixture
def deleted(secrets: Any) -> Any:
    """The same, when the secret is scheduled for deletion."""
    secrets.delete_secret(SecretId="enrolment", RecoveryWindowInDays=7)
    return secrets


@pytest.mark.truth("secret-version-twice")
def test_a_version_has_one_content(secrets: Any, refused: Refused) -> None:
    token = "11111111-1111-1111-1111-111111111111"
    secrets.put_secret_value(SecretId="enrolment", SecretString="two", ClientRequestToken=token)
    with refused("ResourceExistsException"):
        secrets.put_secret_value(SecretId="enrolment", SecretString="three", ClientRequestToken=token)


@pytest.mark.truth("secret-name-taken")
def test_a_name_is_taken_once(secrets: Any, refused: Refused) -> None:
    with refused("ResourceExistsException"):
        secrets.create_secret(Name="enrolment", SecretString="two")


@pytest.mark.truth("secret-name-blocked")
def test_a_name_is_blocked_until_the_window_is_over(deleted: Any, refused: Refused) -> None:
    with refused("InvalidRequestException"):
        deleted.create_secret(Name="enrolment", SecretString="two")


@pytest.mark.truth("secret-deleted-read", "secret-deleted-changed")
def test_a_deleted_secret_is_closed_until_it_is_restored(deleted: Any, refused: Refused) -> None:
    with refused("InvalidRequestException"):
        deleted.get_secret_value(SecretId="enrolment")
    with refused("InvalidRequestException"):
        deleted.put_secret_value(SecretId="enrolment", SecretString="two")
    with refused("InvalidRequestException"):
        deleted.tag_resource(SecretId="enrolment", Tags=[{"Key": "a", "Value": "b"}])

    deleted.restore_secret(SecretId="enrolment")
    assert deleted.get_secret_value(SecretId="enrolment")["SecretString"] == "one"


@pytest.mark.truth("secret-deletion-window")
@pytest.mark.parametrize("days", [6, 31])
def test_a_secret_can_be_recovered_for_7_to_30_days(days: int, secrets: Any, refused: Refused) -> None:
    with refused("InvalidParameterException"):
        secrets.delete_secret(SecretId="enrolment", RecoveryWindowInDays=days)


@pytest.mark.truth("secret-deletion-window-and-force")
def test_a_deletion_has_a_window_or_none(secrets: Any, refused: Refused) -> None:
    with refused("InvalidParameterException"):
        secrets.delete_secret(SecretId="enrolment", RecoveryWindowInDays=7, ForceDeleteWithoutRecovery=True)


@pytest.mark.truth("secret-with-replicas")
def test_a_secret_stays_while_it_has_replicas(secrets: Any, refused: Refused) -> None:
    secrets.create_secret(Name="shared", SecretString="one", AddReplicaRegions=[{"Region": "eu-west-1"}])
    with refused("InvalidRequestException"):
        secrets.delete_secret(SecretId="shared", RecoveryWindowInDays=7)

    secrets.remove_regions_from_replication(SecretId="shared", RemoveReplicaRegions=["eu-west-1"])
    secrets.delete_secret(SecretId="shared", RecoveryWindowInDays=7)


@pytest.mark.truth("secret-without-rotation-function")
def test_a_rotation_needs_a_function(secrets: Any, refused: Refused) -> None:
    with refused("InvalidRequestException"):
        secrets.rotate_secret(SecretId="enrolment")
