"""Users, groups and managed policies, as AWS refuses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
READ = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})


@pytest.fixture
def iam(clients: Callable[..., Any]) -> Any:
    """IAM of the ally's account, with a user and a group."""
    client = clients("iam")
    client.create_user(UserName="player")
    client.create_group(GroupName="players")
    return client


@pytest.fixture
def policy(iam: Any) -> str:
    """A managed policy that nothing uses."""
    return str(iam.create_policy(PolicyName="read", PolicyDocument=READ)["Policy"]["Arn"])


@pytest.mark.truth("policy-attached")
def test_a_policy_stays_while_it_is_attached(iam: Any, policy: str, refused: Refused) -> None:
    iam.attach_user_policy(UserName="player", PolicyArn=policy)
    with refused("DeleteConflict"):
        iam.delete_policy(PolicyArn=policy)

    iam.detach_user_policy(UserName="player", PolicyArn=policy)
    iam.delete_policy(PolicyArn=policy)


@pytest.mark.truth("policy-with-versions", "policy-version-default", "policy-versions-over-quota")
def test_a_policy_has_five_versions_at_most_and_goes_with_the_last(iam: Any, policy: str, refused: Refused) -> None:
    for _ in range(4):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=READ)
    with refused("LimitExceeded"):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=READ)
    with refused("DeleteConflict"):
        iam.delete_policy_version(PolicyArn=policy, VersionId="v1")
    with refused("DeleteConflict"):
        iam.delete_policy(PolicyArn=policy)

    for number in range(2, 6):
        iam.delete_policy_version(PolicyArn=policy, VersionId=f"v{number}")
    iam.delete_policy(PolicyArn=policy)


@pytest.mark.truth("policy-malformed")
@pytest.mark.parametrize("document", ["{", '{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}'])
def test_a_policy_is_well_formed(document: str, iam: Any, refused: Refused) -> None:
    with refused("MalformedPolicyDocument"):
        iam.create_policy(PolicyName="odd", PolicyDocument=document)


@pytest.mark.truth("policy-too-long")
def test_a_policy_is_6144_characters_long_at_most(iam: Any, refused: Refused) -> None:
    def of(length: int) -> str:
        empty = json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
            },
            separators=(",", ":"),
        )
        return empty.replace('"Sid":""', f'"Sid":"{"a" * (length - len(empty))}"')

    with refused("LimitExceeded"):
        iam.create_policy(PolicyName="long", PolicyDocument=of(6145))
    iam.create_policy(PolicyName="long", PolicyDocument=of(6144))


@pytest.mark.truth("user-with-a-password")
def test_a_user_stays_while_there_is_a_password(iam: Any, refused: Refused) -> None:
    iam.create_login_profile(UserName="player", Password="Correct-Horse-7")
    with refused("DeleteConflict"):
        iam.delete_user(UserName="player")

    iam.delete_login_profile(UserName="player")
    iam.delete_user(UserName="player")


@pytest.mark.truth("user-with-keys", "access-key-third")
def test_a_user_has_two_keys_at_most_and_stays_while_there_is_one(iam: Any, refused: Refused) -> None:
    keys = [iam.create_access_key(UserName="player")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    with refused("LimitExceeded"):
        iam.create_access_key(UserName="player")
    with refused("DeleteConflict"):
        iam.delete_user(UserName="player")

    for key in keys:
        iam.delete_access_key(UserName="player", AccessKeyId=key)
    iam.delete_user(UserName="player")


@pytest.mark.truth("user-in-a-group", "group-with-users")
def test_a_user_and_a_group_keep_each_other(iam: Any, refused: Refused) -> None:
    iam.add_user_to_group(UserName="player", GroupName="players")
    with refused("DeleteConflict"):
        iam.delete_user(UserName="player")
    with refused("DeleteConflict"):
        iam.delete_group(GroupName="players")

    iam.remove_user_from_group(UserName="player", GroupName="players")
    iam.delete_user(UserName="player")
    iam.delete_group(GroupName="players")


@pytest.mark.truth("user-with-inline-policies")
def test_a_user_stays_while_there_is_an_inline_policy(iam: Any, refused: Refused) -> None:
    iam.put_user_policy(UserName="player", PolicyName="read", PolicyDocument=READ)
    with refused("DeleteConflict"):
        iam.delete_user(UserName="player")

    iam.delete_user_policy(UserName="player", PolicyName="read")
    iam.delete_user(UserName="player")


@pytest.mark.truth("group-with-policies")
def test_a_group_stays_while_it_has_a_policy(iam: Any, policy: str, refused: Refused) -> None:
    iam.attach_group_policy(GroupName="players", PolicyArn=policy)
    with refused("DeleteConflict"):
        iam.delete_group(GroupName="players")

    iam.detach_group_policy(GroupName="players", PolicyArn=policy)
    iam.delete_group(GroupName="players")
