"""Keys and secrets."""

from __future__ import annotations

from typing import Any

from range.rehearsal.provider.rows import (
    DROP,
    ID,
    PUT,
    Row,
    Tags,
    call,
    fixed,
    given,
    later,
    local,
    mutable,
    nothing,
    output,
    status,
    the,
)
from range.rehearsal.provider.shapes import CHOSEN, Block, Document, Flag, Labels, Many, Part, Whole
from range.rehearsal.provider.work import Work

_NO_KEY = ("NotFoundException",)


def _change_rotation(work: Work) -> None:
    work.ask("enable_key_rotation" if work.sent("enableKeyRotation") else "disable_key_rotation", KeyId=work.id)


def _change_enabled(work: Work) -> None:
    work.ask("enable_key" if work.sent("isEnabled") else "disable_key", KeyId=work.id)


_PUT_KEY_POLICY = call(
    "put_key_policy",
    KeyId=ID,
    PolicyName="default",
    Policy=the("policy"),
    BypassPolicyLockoutSafetyCheck=given("bypassPolicyLockoutSafetyCheck"),
)

KEY = Row(
    "aws:kms/key:Key",
    "KMS Key",
    "kms",
    create=call("create_key", "KeyMetadata"),
    id="KeyId",
    read=call("describe_key", "KeyMetadata", KeyId=ID),
    also={
        "Policy": call("get_key_policy", "Policy", KeyId=ID, PolicyName="default"),
        "Rotation": call("get_key_rotation_status", KeyId=ID).or_none("UnsupportedOperationException"),
        "Tags": call("list_resource_tags", "Tags", KeyId=ID),
    },
    delete=(call("schedule_key_deletion", KeyId=ID, PendingWindowInDays=the("deletionWindowInDays")),),
    absent=(*_NO_KEY, "KMSInvalidStateException"),
    status=status("KeyState", "Enabled Disabled", gone="PendingDeletion PendingReplicaDeletion"),
    tags=Tags(
        put=call("tag_resource", KeyId=ID, Tags=PUT),
        drop=call("untag_resource", KeyId=ID, TagKeys=DROP),
        form=("TagKey", "TagValue"),
    ),
    fields=(
        mutable("description", call("update_key_description", KeyId=ID, Description=the("description"))),
        fixed("keyUsage", default="ENCRYPT_DECRYPT"),
        fixed("customerMasterKeySpec", "KeySpec", default="SYMMETRIC_DEFAULT"),
        fixed("multiRegion", shape=Flag(), default=False),
        mutable("policy", _PUT_KEY_POLICY, "", Document()),
        mutable("bypassPolicyLockoutSafetyCheck", nothing, "", Flag(), read=None, default=False),
        local("deletionWindowInDays", Whole(), CHOSEN),
        later("isEnabled", _change_enabled, "Enabled", Flag(), default=True),
        later("enableKeyRotation", _change_rotation, shape=Flag(), read="Rotation.KeyRotationEnabled", default=False),
        output("keyId"),
        output("arn"),
    ),
)


def _alias(work: Work) -> Any:
    """Find an alias by its name."""
    for page in work.pages("list_aliases"):
        for alias in page["Aliases"]:
            if alias["AliasName"] == work.id:
                return alias
    return None


def _key_arn(work: Work) -> Any:
    """Find an alias, and the ARN of its key."""
    alias = _alias(work)
    if alias is None:
        return None
    key = work.ask("describe_key", KeyId=alias["TargetKeyId"])["KeyMetadata"]
    return {**alias, "TargetKeyArn": key["Arn"]}


ALIAS = Row(
    "aws:kms/alias:Alias",
    "KMS Alias",
    "kms",
    create=lambda work: work.make(call("create_alias", AliasName=the("name"), TargetKeyId=the("targetKeyId"))),
    id="{name}",
    read=_key_arn,
    delete=(call("delete_alias", AliasName=ID),),
    absent=_NO_KEY,
    fields=(
        fixed("name", "AliasName", auto="alias/{}".format),
        mutable("targetKeyId", call("update_alias", AliasName=ID, TargetKeyId=the("targetKeyId")), required=True),
        output("targetKeyArn"),
        output("arn", "AliasArn"),
    ),
)


def _grant_constraints() -> Block:
    return Block((Part("encryptionContextEquals", shape=Labels()), Part("encryptionContextSubset", shape=Labels())))


def _make_grant(work: Work) -> Any:
    """Make a grant; a program gives its constraints as a list of one."""
    names = {"granteePrincipal", "operations", "name", "retiringPrincipal", "keyId"}
    params = {work.field(name).aws: work.sent(name) for name in names if work.given(name) is not None}
    constraints = work.sent("constraints") or []
    made = work.ask("create_grant", **params, **({"Constraints": constraints[0]} if constraints else {}))
    return {"Id": f"{work.given('keyId')}:{made['GrantId']}", **made}


def _grant(work: Work) -> Any:
    """Find a grant among those of its key."""
    key, _, grant = work.id.rpartition(":")
    for page in work.pages("list_grants", KeyId=key):
        for found in page["Grants"]:
            if found["GrantId"] == grant:
                return {**found, "Constraints": [found["Constraints"]] if found.get("Constraints") else None}
    return None


def _revoke(work: Work) -> None:
    key, _, grant = work.id.rpartition(":")
    work.ask("revoke_grant", KeyId=key, GrantId=grant)


GRANT = Row(
    "aws:kms/grant:Grant",
    "KMS Grant",
    "kms",
    create=_make_grant,
    id="Id",
    read=_grant,
    delete=(_revoke,),
    absent=(*_NO_KEY, "InvalidGrantIdException"),
    fields=(
        fixed("name"),
        fixed("keyId", read=None, required=True),
        fixed("granteePrincipal", required=True),
        fixed("operations", shape=Many(), required=True),
        fixed("retiringPrincipal"),
        fixed("constraints", shape=Many(_grant_constraints())),
        output("grantId"),
    ),
)

_NO_SECRET = ("ResourceNotFoundException",)
_AT_ONCE = 0


def _live_secret(work: Work) -> Any:
    """Look at a secret; one that waits to be deleted is gone."""
    found = work.ask("describe_secret", SecretId=work.id)
    return None if found.get("DeletedDate") else found


def _delete_secret(work: Work) -> None:
    days = work.sent("recoveryWindowInDays")
    days = 30 if days is None else days
    how: dict[str, Any] = {"ForceDeleteWithoutRecovery": True} if days == _AT_ONCE else {"RecoveryWindowInDays": days}
    work.ask("delete_secret", SecretId=work.id, **how)


def _change_secret_policy(work: Work) -> None:
    if work.value("policy"):
        work.ask("put_resource_policy", SecretId=work.id, ResourcePolicy=work.value("policy"))
    else:
        work.ask("delete_resource_policy", SecretId=work.id)


_UPDATE_SECRET = call("update_secret", SecretId=ID, Description=the("description"), KmsKeyId=the("kmsKeyId"))

SECRET = Row(
    "aws:secretsmanager/secret:Secret",
    "Secrets Manager Secret",
    "secretsmanager",
    create=call("create_secret"),
    id="ARN",
    read=_live_secret,
    also={"Policy": call("get_resource_policy", "ResourcePolicy", SecretId=ID).or_none(*_NO_SECRET)},
    delete=(_delete_secret,),
    absent=_NO_SECRET,
    tags=Tags(
        put=call("tag_resource", SecretId=ID, Tags=PUT),
        drop=call("untag_resource", SecretId=ID, TagKeys=DROP),
    ),
    fields=(
        fixed("name", auto=str),
        mutable("description", _UPDATE_SECRET, default=""),
        mutable("kmsKeyId", _UPDATE_SECRET, default=None),
        later("policy", _change_secret_policy, shape=Document()),
        local("recoveryWindowInDays", Whole(), 30),
        output("arn", "ARN"),
    ),
)


def _put_version(work: Work) -> Any:
    """Store a new version of a secret."""
    stages = {"VersionStages": work.given("versionStages")} if work.given("versionStages") else {}
    made = work.ask(
        "put_secret_value", SecretId=work.given("secretId"), SecretString=work.given("secretString"), **stages
    )
    return {"Id": f"{made['ARN']}|{made['VersionId']}"}


def _version(work: Work) -> Any:
    secret, _, version = work.id.partition("|")
    found = work.ask("get_secret_value", SecretId=secret, VersionId=version)
    return {**found, "SecretId": work.value("secretId") or secret}


def _restage(work: Work) -> None:
    """Move the labels that are wanted to this version, and take the others off."""
    secret, _, version = work.id.partition("|")
    new, old = work.delta("versionStages")
    versions = work.ask("describe_secret", SecretId=secret)["VersionIdsToStages"]
    for stage in new:
        holder = next((other for other, stages in versions.items() if stage in stages), None)
        moved = {"RemoveFromVersionId": holder} if holder else {}
        work.ask("update_secret_version_stage", SecretId=secret, VersionStage=stage, MoveToVersionId=version, **moved)
    for stage in old:
        work.ask("update_secret_version_stage", SecretId=secret, VersionStage=stage, RemoveFromVersionId=version)


def _unstage(work: Work) -> None:
    """Take the labels off, which is how AWS forgets a version; the current one stays until its secret goes."""
    secret, _, version = work.id.partition("|")
    stages = work.ask("describe_secret", SecretId=secret)["VersionIdsToStages"].get(version, [])
    for stage in stages:
        if stage != "AWSCURRENT":
            work.ask("update_secret_version_stage", SecretId=secret, VersionStage=stage, RemoveFromVersionId=version)


SECRET_VERSION = Row(
    "aws:secretsmanager/secretVersion:SecretVersion",
    "Secrets Manager Secret Version",
    "secretsmanager",
    create=_put_version,
    id="Id",
    read=_version,
    delete=(_unstage,),
    absent=(*_NO_SECRET, "InvalidRequestException"),
    fields=(
        fixed("secretId", required=True),
        fixed("secretString", secret=True),
        mutable("versionStages", _restage, "", Many()),
        output("arn", "ARN"),
        output("secretArn", "ARN"),
        output("versionId"),
    ),
)

ROWS = (KEY, ALIAS, GRANT, SECRET, SECRET_VERSION)
