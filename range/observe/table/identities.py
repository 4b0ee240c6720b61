"""Who may do what, shares, the organisation's policies and the account's own settings, as the witness reads them."""

from __future__ import annotations

from range.observe.kinds import ACCOUNT, Detail, Item, Kind, one

_SERVICE_ROLE = "a role that an AWS service makes for itself and takes away when it is no longer used"


def _service_role(item: Item) -> str:
    return _SERVICE_ROLE if item.get("Path", "").startswith("/aws-service-role/") else ""


def _everything(kind: str) -> dict[str, list[str]]:
    return {"Filter": [kind]}


_SCP = {"Filter": "SERVICE_CONTROL_POLICY"}
_DETAILS = "get_account_authorization_details"

KINDS: tuple[Kind, ...] = (
    Kind("iam:role", "iam", _DETAILS, "RoleDetailList", "RoleName", name="RoleName", also=("Arn", "RoleId"),
         asked=_everything("Role"), scope="global", residue=_service_role,
         details=(Detail("MaxSessionDuration", "get_role", {"RoleName": "RoleName"}, "Role.MaxSessionDuration"),
                  Detail("Description", "get_role", {"RoleName": "RoleName"}, "Role.Description"))),
    Kind("iam:user", "iam", _DETAILS, "UserDetailList", "UserName", name="UserName", also=("Arn", "UserId"),
         asked=_everything("User"), scope="global",
         details=(Detail("AccessKeys", "list_access_keys", {"UserName": "UserName"},
                         "AccessKeyMetadata[].[AccessKeyId, Status]", paged=True),
                  Detail("LoginProfile", "get_login_profile", {"UserName": "UserName"},
                         "LoginProfile.PasswordResetRequired || 'there'", nothing=("NoSuchEntity",)),
                  Detail("MfaDevices", "list_mfa_devices", {"UserName": "UserName"}, "MFADevices[].SerialNumber",
                         paged=True))),
    Kind("iam:group", "iam", _DETAILS, "GroupDetailList", "GroupName", name="GroupName", also=("Arn", "GroupId"),
         asked=_everything("Group"), scope="global",
         details=(Detail("Members", "get_group", {"GroupName": "GroupName"}, "Users[].UserName", paged=True),)),
    Kind("iam:policy", "iam", _DETAILS, "Policies", "Arn", name="Arn", also=("PolicyId",),
         asked=_everything("LocalManagedPolicy"), scope="global"),
    Kind("iam:instance-profile", "iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName",
         name="InstanceProfileName", also=("Arn", "InstanceProfileId"), scope="global",
         details=(Detail("Tags", "get_instance_profile", {"InstanceProfileName": "InstanceProfileName"},
                         "InstanceProfile.Tags"),)),
    Kind("iam:saml-provider", "iam", "list_saml_providers", "SAMLProviderList", "Arn", name="Arn", scope="global",
         details=(Detail("Metadata", "get_saml_provider", {"SAMLProviderArn": "Arn"}, "SAMLMetadataDocument"),)),
    Kind("iam:oidc-provider", "iam", "list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn", name="Arn",
         scope="global",
         details=(Detail("Provider", "get_open_id_connect_provider", {"OpenIDConnectProviderArn": "Arn"},
                         "[Url, ClientIDList, ThumbprintList]"),)),
    Kind("iam:server-certificate", "iam", "list_server_certificates", "ServerCertificateMetadataList",
         "ServerCertificateName", name="ServerCertificateName", also=("Arn",), scope="global"),
    Kind("iam:mfa-device", "iam", "list_virtual_mfa_devices", "VirtualMFADevices", "SerialNumber", name="SerialNumber",
         scope="global"),
    Kind("iam:account-alias", "iam", "list_account_aliases", one("account alias"), "Setting", name="Setting",
         scope="global"),
    Kind("iam:password-policy", "iam", "get_account_password_policy", one("password policy"), "Setting",
         name="Setting", scope="global", nothing=("NoSuchEntity",)),
    Kind("ram:share", "ram", "get_resource_shares", "resourceShares", "resourceShareArn", name="name",
         asked={"resourceOwner": "SELF"}, leave=lambda item: item.get("status") in ("DELETED", "DELETING", "FAILED"),
         details=(
             Detail("Principals", "get_resource_share_associations", {"resourceShareArns": "[resourceShareArn]"},
                    "resourceShareAssociations[?status=='ASSOCIATED'].associatedEntity",
                    {"associationType": "PRINCIPAL"}, paged=True),
             Detail("Resources", "get_resource_share_associations", {"resourceShareArns": "[resourceShareArn]"},
                    "resourceShareAssociations[?status=='ASSOCIATED'].associatedEntity",
                    {"associationType": "RESOURCE"}, paged=True),
         )),
    Kind("organizations:policy", "organizations", "list_policies", "Policies[?!AwsManaged]", "Id", name="Name",
         also=("Arn",), asked=_SCP, scope="organisation",
         details=(Detail("Content", "describe_policy", {"PolicyId": "Id"}, "Policy.Content"),
                  Detail("Targets", "list_targets_for_policy", {"PolicyId": "Id"}, "Targets[].TargetId", paged=True))),
    Kind("budgets:budget", "budgets", "describe_budgets", "Budgets", "BudgetName", name="BudgetName",
         asked={"AccountId": ACCOUNT}, scope="global"),
    Kind("s3:account-public-access", "s3control", "get_public_access_block", one("public access block"), "Setting",
         name="Setting", asked={"AccountId": ACCOUNT}, scope="global",
         nothing=("NoSuchPublicAccessBlockConfiguration",)),
    Kind("s3:access-point", "s3control", "list_access_points", "AccessPointList", "AccessPointArn", name="Name",
         asked={"AccountId": ACCOUNT}),
    Kind("ec2:ebs-encryption-default", "ec2", "get_ebs_encryption_by_default", one("EBS encryption by default"),
         "Setting", name="Setting", abroad=True),
    Kind("ec2:ebs-default-key", "ec2", "get_ebs_default_kms_key_id", one("EBS default key"), "Setting",
         name="Setting"),
    Kind("ec2:instance-metadata-defaults", "ec2", "get_instance_metadata_defaults", one("instance metadata defaults"),
         "Setting", name="Setting", abroad=True),
    Kind("ec2:account-attributes", "ec2", "describe_account_attributes", one("account attributes"), "Setting",
         name="Setting"),
)  # fmt: skip
"""One row per type."""
