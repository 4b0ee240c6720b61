"""What keeps data, and the keys that it is encrypted with."""

from __future__ import annotations

from collections.abc import Iterator

from range.cloud.resources.kinds import EVIDENCE, Found, Item, Kind, Place, by, pages, tag_mapping, tagged
from range.errors import CloudError

_KEY_WINDOW_DAYS = 7
"""The shortest wait that AWS allows. Source: AWS KMS API Reference, ScheduleKeyDeletion (read 2026-11-22)."""


def _buckets(place: Place) -> Iterator[Item]:
    """List buckets, whatever Region they are in."""
    for bucket in pages("s3", "list_buckets", "Buckets")(place):
        yield {**bucket, "Tags": _tags_of_bucket(place, bucket["Name"])}


def _tags_of_bucket(place: Place, bucket: str) -> list[dict[str, str]]:
    try:
        return list(place.call("s3", "get_bucket_tagging", Bucket=bucket)["TagSet"])
    except CloudError as refused:
        if refused.code not in ("NoSuchTagSet", "NoSuchBucket"):
            raise
        return []


def _empty_bucket(place: Place, found: Found) -> object:
    """Delete every version and unfinished upload of a bucket, then the bucket. What Object Lock holds, AWS refuses."""
    bucket = {"Bucket": found.id}
    for page in place.pages("s3", "list_object_versions", **bucket):
        versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        keys = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
        if keys:
            answer = place.call("s3", "delete_objects", Delete={"Objects": keys, "Quiet": True}, **bucket)
            for error in answer.get("Errors", ()):
                why = f"s3://{found.id}/{error['Key']}: {error['Code']}: {error.get('Message', '')}"
                raise CloudError(why, code=error["Code"])
    for page in place.pages("s3", "list_multipart_uploads", **bucket):
        for upload in page.get("Uploads", ()):
            place.call("s3", "abort_multipart_upload", Key=upload["Key"], UploadId=upload["UploadId"], **bucket)
    return place.call("s3", "delete_bucket", **bucket)


def _keys(place: Place) -> Iterator[Item]:
    """List the keys that are the account's own, with their state and tags."""
    for key in pages("kms", "list_keys", "Keys")(place):
        described = place.call("kms", "describe_key", KeyId=key["KeyId"])["KeyMetadata"]
        if described["KeyManager"] == "CUSTOMER":
            waiting = described["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion")
            tags = [] if waiting else place.call("kms", "list_resource_tags", KeyId=key["KeyId"]).get("Tags", [])
            yield {**described, "Tags": tags}


def _waits(item: Item) -> str:
    """Say until when a key waits for its deletion, or that it is what kept evidence is encrypted with."""
    if tag_mapping(item.get("Tags")).get(EVIDENCE):
        return "the key of evidence that was kept on request"
    if item["KeyState"] not in ("PendingDeletion", "PendingReplicaDeletion"):
        return ""
    date = item.get("DeletionDate")
    return f"a key that AWS deletes on {date:%Y-%m-%d}, no sooner" if date else "a key that waits for its replicas"


KINDS = (
    Kind("s3:bucket", "s3", _buckets, "Name", _empty_bucket, scope="global",
         after=("cloudtrail:trail", "ec2:flow-log")),
    Kind("kms:key", "kms", _keys, "KeyId",
         by("kms", "schedule_key_deletion", "KeyId", PendingWindowInDays=_KEY_WINDOW_DAYS), residue=_waits, abroad=True,
         after=("s3:bucket", "secretsmanager:secret", "logs:log-group", "ec2:volume", "ec2:snapshot", "dynamodb:table",
                "sns:topic", "sqs:queue", "rds:db", "cloudtrail:trail", "kms:alias")),
    Kind("kms:alias", "kms", pages("kms", "list_aliases", "Aliases[?!starts_with(AliasName, 'alias/aws/')]"),
         "AliasName", by("kms", "delete_alias", "AliasName"), parent="TargetKeyId", inside=("kms:key",),
         tagger=tagged("kms", "list_resource_tags", "KeyId", key="TargetKeyId")),  # its key's: it has none of its own
    Kind("secretsmanager:secret", "secretsmanager", pages("secretsmanager", "list_secrets", "SecretList"), "ARN",
         by("secretsmanager", "delete_secret", "SecretId", ForceDeleteWithoutRecovery=True)),
    Kind("dynamodb:table", "dynamodb", pages("dynamodb", "list_tables", "TableNames"), "Id",
         by("dynamodb", "delete_table", "TableName")),
    Kind("rds:db", "rds", pages("rds", "describe_db_instances", "DBInstances"), "DBInstanceIdentifier",
         by("rds", "delete_db_instance", "DBInstanceIdentifier", SkipFinalSnapshot=True, DeleteAutomatedBackups=True),
         parent="DBSubnetGroup.VpcId", tags="TagList", state="DBInstanceStatus", ending=frozenset({"deleting"})),
    Kind("elasticfilesystem:file-system", "efs", pages("efs", "describe_file_systems", "FileSystems"), "FileSystemId",
         by("efs", "delete_file_system", "FileSystemId"), state="LifeCycleState", ended=frozenset({"deleted"}),
         ending=frozenset({"deleting"})),
    Kind("ecr:repository", "ecr", pages("ecr", "describe_repositories", "repositories"), "repositoryName",
         by("ecr", "delete_repository", "repositoryName", force=True)),
)  # fmt: skip
"""One row per type of storage and key."""
