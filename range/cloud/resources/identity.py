"""Who may do what: IAM, shares between accounts, the organisation's policies."""

from __future__ import annotations

from collections.abc import Iterator

from range.cloud.resources.kinds import Found, Item, Kind, Place, by, pages, tagged
from range.errors import CloudError

_AWS_OWN = "a role that an AWS service keeps for itself; AWS removes it when the service is no longer used"


def _delete_role(place: Place, found: Found) -> object:
    """Take a role out of its instance profiles, take its policies off, delete it."""
    role = {"RoleName": found.id}
    for profile in pages("iam", "list_instance_profiles_for_role", "InstanceProfiles", **role)(place):
        name = profile["InstanceProfileName"]
        place.call("iam", "remove_role_from_instance_profile", InstanceProfileName=name, **role)
    for policy in pages("iam", "list_attached_role_policies", "AttachedPolicies", **role)(place):
        place.call("iam", "detach_role_policy", PolicyArn=policy["PolicyArn"], **role)
    for name in pages("iam", "list_role_policies", "PolicyNames", **role)(place):
        place.call("iam", "delete_role_policy", PolicyName=name["Id"], **role)
    return place.call("iam", "delete_role", **role)


def _delete_profile(place: Place, found: Found) -> object:
    """Take the role out of an instance profile, delete it."""
    for role in found.item.get("Roles", ()):
        place.call("iam", "remove_role_from_instance_profile", InstanceProfileName=found.id, RoleName=role["RoleName"])
    return place.call("iam", "delete_instance_profile", InstanceProfileName=found.id)


_OF_A_USER = (
    ("list_access_keys", "AccessKeyMetadata", "AccessKeyId", "delete_access_key", "AccessKeyId"),
    ("list_attached_user_policies", "AttachedPolicies", "PolicyArn", "detach_user_policy", "PolicyArn"),
    ("list_user_policies", "PolicyNames", "Id", "delete_user_policy", "PolicyName"),
    ("list_groups_for_user", "Groups", "GroupName", "remove_user_from_group", "GroupName"),
    ("list_mfa_devices", "MFADevices", "SerialNumber", "deactivate_mfa_device", "SerialNumber"),
    ("list_signing_certificates", "Certificates", "CertificateId", "delete_signing_certificate", "CertificateId"),
    ("list_ssh_public_keys", "SSHPublicKeys", "SSHPublicKeyId", "delete_ssh_public_key", "SSHPublicKeyId"),
)
"""What a user has, how it is listed, and how it is taken away: AWS deletes no user that has any of it."""


def _delete_user(place: Place, found: Found) -> object:
    """Take everything off a user, delete them."""
    user = {"UserName": found.id}
    for operation, path, key, undo, parameter in _OF_A_USER:
        for item in pages("iam", operation, path, **user)(place):
            place.call("iam", undo, **{parameter: item[key]}, **user)
    if _has_password(place, found.id):
        place.call("iam", "delete_login_profile", **user)
    return place.call("iam", "delete_user", **user)


def _has_password(place: Place, user: str) -> bool:
    try:
        place.call("iam", "get_login_profile", UserName=user)
    except CloudError as refused:
        if refused.code != "NoSuchEntity":
            raise
        return False
    return True


def _delete_group(place: Place, found: Found) -> object:
    """Empty a group of users and policies, delete it."""
    group = {"GroupName": found.id}
    for page in place.pages("iam", "get_group", **group):
        for user in page["Users"]:
            place.call("iam", "remove_user_from_group", UserName=user["UserName"], **group)
    for policy in pages("iam", "list_attached_group_policies", "AttachedPolicies", **group)(place):
        place.call("iam", "detach_group_policy", PolicyArn=policy["PolicyArn"], **group)
    for name in pages("iam", "list_group_policies", "PolicyNames", **group)(place):
        place.call("iam", "delete_group_policy", PolicyName=name["Id"], **group)
    return place.call("iam", "delete_group", **group)


def _delete_policy(place: Place, found: Found) -> object:
    """Take a policy off whoever has it, declared or not, delete its other versions, then the policy."""
    for kind, key, parameter in (
        ("Roles", "RoleName", "role"),
        ("Users", "UserName", "user"),
        ("Groups", "GroupName", "group"),
    ):
        for holder in pages("iam", "list_entities_for_policy", f"Policy{kind}", PolicyArn=found.id)(place):
            place.call("iam", f"detach_{parameter}_policy", PolicyArn=found.id, **{key: holder[key]})
    for version in pages("iam", "list_policy_versions", "Versions", PolicyArn=found.id)(place):
        if not version["IsDefaultVersion"]:
            place.call("iam", "delete_policy_version", PolicyArn=found.id, VersionId=version["VersionId"])
    return place.call("iam", "delete_policy", PolicyArn=found.id)


def _policies(place: Place) -> Iterator[Item]:
    """List the organisation's service control policies, for whoever may: the management account or its delegate."""
    for item in pages("organizations", "list_policies", "Policies", Filter="SERVICE_CONTROL_POLICY")(place):
        if not item.get("AwsManaged"):
            yield item


def _delete_organisation_policy(place: Place, found: Found) -> object:
    """Detach a policy of the organisation from whatever it binds, delete it."""
    for target in pages("organizations", "list_targets_for_policy", "Targets", PolicyId=found.id)(place):
        place.call("organizations", "detach_policy", PolicyId=found.id, TargetId=target["TargetId"])
    return place.call("organizations", "delete_policy", PolicyId=found.id)


KINDS = (
    Kind("iam:role", "iam", pages("iam", "list_roles", "Roles"), "RoleName", _delete_role, scope="global",
         tagger=tagged("iam", "list_role_tags", "RoleName"),
         residue=lambda item: _AWS_OWN if item.get("Path", "").startswith("/aws-service-role/") else "",
         after=("iam:instance-profile", "ec2:instance", "lambda:function")),
    Kind("iam:instance-profile", "iam", pages("iam", "list_instance_profiles", "InstanceProfiles"),
         "InstanceProfileName", _delete_profile, scope="global", after=("ec2:instance",),
         tagger=tagged("iam", "get_instance_profile", "InstanceProfileName", path="InstanceProfile.Tags")),
    Kind("iam:user", "iam", pages("iam", "list_users", "Users"), "UserName", _delete_user, scope="global"),
    Kind("iam:group", "iam", pages("iam", "list_groups", "Groups"), "GroupName", _delete_group, scope="global",
         after=("iam:user",)),
    Kind("iam:policy", "iam", pages("iam", "list_policies", "Policies", Scope="Local"), "Arn", _delete_policy,
         scope="global", tagger=tagged("iam", "list_policy_tags", "PolicyArn"),
         after=("iam:role", "iam:user", "iam:group")),
    Kind("iam:saml-provider", "iam", pages("iam", "list_saml_providers", "SAMLProviderList"), "Arn",
         by("iam", "delete_saml_provider", "SAMLProviderArn"), scope="global"),
    Kind("iam:oidc-provider", "iam", pages("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList"), "Arn",
         by("iam", "delete_open_id_connect_provider", "OpenIDConnectProviderArn"), scope="global"),
    Kind("iam:server-certificate", "iam", pages("iam", "list_server_certificates", "ServerCertificateMetadataList"),
         "ServerCertificateName", by("iam", "delete_server_certificate", "ServerCertificateName"), scope="global",
         after=("elasticloadbalancing:loadbalancer",)),
    Kind("ram:share", "ram", pages("ram", "get_resource_shares", "resourceShares", resourceOwner="SELF"),
         "resourceShareArn", by("ram", "delete_resource_share", "resourceShareArn"), tags="tags", state="status",
         ended=frozenset({"deleted"}), ending=frozenset({"deleting"}), after=("ec2:transit-gateway-attachment",)),
    Kind("organizations:policy", "organizations", _policies, "Id", _delete_organisation_policy, scope="organisation",
         tagger=tagged("organizations", "list_tags_for_resource", "ResourceId")),
)  # fmt: skip
"""One row per type of identity, share and policy."""
