"""Roles and instance profiles, as AWS refuses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Clients = Callable[..., Any]


def trusting(principal: dict[str, str], **more: str) -> str:
    """Write a trust policy."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


TRUST = trusting({"Service": "ec2.amazonaws.com"})
READ = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})


@pytest.fixture
def iam(clients: Clients) -> Any:
    """IAM of the ally's account."""
    return clients("iam")


@pytest.fixture
def role(iam: Any) -> str:
    """A role that nothing uses."""
    return str(iam.create_role(RoleName="host", AssumeRolePolicyDocument=TRUST)["Role"]["RoleName"])


@pytest.fixture
def profile(iam: Any) -> str:
    """An instance profile without a role."""
    return str(iam.create_instance_profile(InstanceProfileName="host")["InstanceProfile"]["InstanceProfileName"])


@pytest.mark.truth("role-with-managed-policies")
def test_a_role_stays_while_a_managed_policy_is_attached(iam: Any, role: str, refused: Refused) -> None:
    policy = iam.create_policy(PolicyName="read", PolicyDocument=READ)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    with refused("DeleteConflict"):
        iam.delete_role(RoleName=role)

    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    iam.delete_role(RoleName=role)


@pytest.mark.truth("role-with-inline-policies")
def test_a_role_stays_while_it_has_an_inline_policy(iam: Any, role: str, refused: Refused) -> None:
    iam.put_role_policy(RoleName=role, PolicyName="read", PolicyDocument=READ)
    with refused("DeleteConflict"):
        iam.delete_role(RoleName=role)

    iam.delete_role_policy(RoleName=role, PolicyName="read")
    iam.delete_role(RoleName=role)


@pytest.mark.truth("role-in-a-profile", "profile-with-a-role")
def test_a_role_and_its_profile_keep_each_other(iam: Any, role: str, profile: str, refused: Refused) -> None:
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    with refused("DeleteConflict"):
        iam.delete_role(RoleName=role)
    with refused("DeleteConflict"):
        iam.delete_instance_profile(InstanceProfileName=profile)

    iam.remove_role_from_instance_profile(InstanceProfileName=profile, RoleName=role)
    iam.delete_role(RoleName=role)
    iam.delete_instance_profile(InstanceProfileName=profile)


@pytest.mark.truth("role-service-linked")
def test_a_service_linked_role_is_the_services(iam: Any, refused: Refused) -> None:
    linked = iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com")["Role"]["RoleName"]
    with refused("UnmodifiableEntity"):
        iam.delete_role(RoleName=linked)
    with refused("UnmodifiableEntity"):
        iam.put_role_policy(RoleName=linked, PolicyName="read", PolicyDocument=READ)


@pytest.mark.truth("service-linked-role-twice")
def test_a_service_has_one_linked_role(iam: Any, refused: Refused) -> None:
    iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com")
    with refused("InvalidInput"):
        iam.create_service_linked_role(AWSServiceName="spot.amazonaws.com")


@pytest.mark.truth("profile-second-role")
def test_a_profile_has_one_role(iam: Any, role: str, profile: str, refused: Refused) -> None:
    iam.create_role(RoleName="other", AssumeRolePolicyDocument=TRUST)
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    with refused("LimitExceeded"):
        iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName="other")


@pytest.mark.truth("role-name-taken", "role-name-taken-but-for-case")
@pytest.mark.parametrize("name", ["host", "HOST"])
def test_a_role_name_is_taken_whatever_its_case(name: str, iam: Any, role: str, refused: Refused) -> None:
    with refused("EntityAlreadyExists"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)


@pytest.mark.truth("trust-policy-malformed")
@pytest.mark.parametrize("policy", [trusting({}), trusting({"Service": "ec2.amazonaws.com"}, Resource="*")])
def test_a_trust_policy_has_a_principal_and_no_resource(policy: str, iam: Any, refused: Refused) -> None:
    with refused("MalformedPolicyDocument"):
        iam.create_role(RoleName="host", AssumeRolePolicyDocument=policy)


@pytest.mark.truth("trust-policy-of-a-stranger")
def test_a_trust_policy_names_principals_that_exist(clients: Clients, iam: Any, role: str, refused: Refused) -> None:
    with refused("MalformedPolicyDocument"):
        iam.update_assume_role_policy(
            RoleName=role, PolicyDocument=trusting({"AWS": "arn:aws:iam::200000000002:role/nobody"})
        )

    clients("iam", "200000000002").create_role(RoleName="somebody", AssumeRolePolicyDocument=TRUST)
    iam.update_assume_role_policy(
        RoleName=role, PolicyDocument=trusting({"AWS": "arn:aws:iam::200000000002:role/somebody"})
    )


@pytest.mark.truth("role-policies-over-quota")
def test_ten_managed_policies_fit_a_role_and_no_more(iam: Any, role: str, refused: Refused) -> None:
    arns = [iam.create_policy(PolicyName=f"read-{n}", PolicyDocument=READ)["Policy"]["Arn"] for n in range(11)]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    iam.attach_role_policy(RoleName=role, PolicyArn=arns[0])
    with refused("LimitExceeded"):
        iam.attach_role_policy(RoleName=role, PolicyArn=arns[10])


@pytest.mark.truth("role-policy-not-attached")
def test_a_policy_that_is_not_attached_cannot_be_detached(iam: Any, role: str, refused: Refused) -> None:
    policy = iam.create_policy(PolicyName="read", PolicyDocument=READ)["Policy"]["Arn"]
    with refused("NoSuchEntity"):
        iam.detach_role_policy(RoleName=role, PolicyArn=policy)


@pytest.mark.truth("launch-with-an-unknown-profile", "launch-with-an-empty-profile")
def test_a_launch_needs_a_profile_with_a_role(
    iam: Any, ec2: Any, subnet: str, image: str, role: str, profile: str, refused: Refused
) -> None:
    launch = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "SubnetId": subnet}
    with refused("InvalidParameterValue"):
        ec2.run_instances(**launch, IamInstanceProfile={"Name": "nobody"})
    with refused("InvalidParameterValue"):
        ec2.run_instances(**launch, IamInstanceProfile={"Name": profile})

    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    ec2.run_instances(**launch, IamInstanceProfile={"Name": profile})
