"""What keeps data, and the keys that it is encrypted with, as the witness reads them."""

from __future__ import annotations

from range.observe.kinds import Detail, Item, Kind

_BUCKET = {"Bucket": "Name"}
_KEY = {"KeyId": "KeyId"}


def _s3(key: str, operation: str, gives: str, *nothing: str) -> Detail:
    return Detail(key, operation, _BUCKET, gives, nothing=nothing)


def _waits(item: Item) -> str:
    """Say until when a key waits for its deletion, or that it is what kept evidence is encrypted with."""
    if any(tag.get("TagKey") == "range:evidence" for tag in item.get("Tags") or ()):
        return "the key of evidence that was kept on request"
    if item.get("KeyState") not in ("PendingDeletion", "PendingReplicaDeletion"):
        return ""
    date = item.get("DeletionDate")
    return f"a key that AWS deletes on {date:%Y-%m-%d}, no sooner" if date else "a key that waits for its replicas"


def _awss_own(item: Item) -> bool:
    """Say whether a key is AWS's: there from when a service first used it, and nobody can change it."""
    return item.get("KeyManager") == "AWS"


KINDS: tuple[Kind, ...] = (
    Kind("s3:bucket", "s3", "list_buckets", "Buckets", "Name", name="Name", scope="global", details=(
        _s3("Policy", "get_bucket_policy", "Policy", "NoSuchBucketPolicy"),
        _s3("Acl", "get_bucket_acl", "Grants"),
        _s3("Versioning", "get_bucket_versioning", "[Status, MFADelete]"),
        _s3("Encryption", "get_bucket_encryption", "ServerSideEncryptionConfiguration",
            "ServerSideEncryptionConfigurationNotFoundError"),
        _s3("PublicAccess", "get_public_access_block", "PublicAccessBlockConfiguration",
            "NoSuchPublicAccessBlockConfiguration"),
        _s3("Ownership", "get_bucket_ownership_controls", "OwnershipControls", "OwnershipControlsNotFoundError"),
        _s3("Lifecycle", "get_bucket_lifecycle_configuration", "Rules", "NoSuchLifecycleConfiguration"),
        _s3("Logging", "get_bucket_logging", "LoggingEnabled"),
        _s3("Cors", "get_bucket_cors", "CORSRules", "NoSuchCORSConfiguration"),
        _s3("Notifications", "get_bucket_notification_configuration",
            "[TopicConfigurations, QueueConfigurations, LambdaFunctionConfigurations, EventBridgeConfiguration]"),
        _s3("Replication", "get_bucket_replication", "ReplicationConfiguration",
            "ReplicationConfigurationNotFoundError"),
        _s3("Website", "get_bucket_website", "[IndexDocument, ErrorDocument, RedirectAllRequestsTo, RoutingRules]",
            "NoSuchWebsiteConfiguration"),
        _s3("Accelerate", "get_bucket_accelerate_configuration", "Status"),
        _s3("ObjectLock", "get_object_lock_configuration", "ObjectLockConfiguration",
            "ObjectLockConfigurationNotFoundError"),
        _s3("Tags", "get_bucket_tagging", "TagSet", "NoSuchTagSet"),
        _s3("Region", "get_bucket_location", "LocationConstraint"),
        Detail("Objects", "list_objects_v2", _BUCKET, "Contents[].[Key, ETag, Size]", {"Delimiter": "/"}, paged=True),
        Detail("Folders", "list_objects_v2", _BUCKET, "CommonPrefixes[].Prefix", {"Delimiter": "/"}, paged=True),
    )),
    Kind("kms:key", "kms", "list_keys", "Keys", "KeyId", name="[Description]", also=("Arn", "KeyArn"), abroad=True,
         leave=_awss_own, residue=_waits, details=(
             Detail("", "describe_key", _KEY, "KeyMetadata"),
             Detail("Policy", "get_key_policy", _KEY, "Policy", {"PolicyName": "default"}, ("KMSInvalidStateException",)),
             Detail("Rotation", "get_key_rotation_status", _KEY, "KeyRotationEnabled",
                    nothing=("KMSInvalidStateException", "UnsupportedOperationException")),
             Detail("Grants", "list_grants", _KEY, "Grants[].[Name, GranteePrincipal, Operations, Constraints]",
                    nothing=("KMSInvalidStateException",), paged=True),
             Detail("Tags", "list_resource_tags", _KEY, "Tags", nothing=("KMSInvalidStateException",), paged=True),
         )),
    Kind("kms:alias", "kms", "list_aliases", "Aliases[?!starts_with(AliasName, 'alias/aws/')]", "AliasName",
         name="AliasName", also=("AliasArn",), abroad=True),
    Kind("secretsmanager:secret", "secretsmanager", "list_secrets", "SecretList", "ARN", name="Name", abroad=True,
         details=(Detail("Policy", "get_resource_policy", {"SecretId": "ARN"}, "ResourcePolicy"),)),
    Kind("dynamodb:table", "dynamodb", "list_tables", "TableNames[].{Name: @}", "Name", name="Name", abroad=True,
         details=(Detail("", "describe_table", {"TableName": "Name"}, "Table"),)),
    Kind("dynamodb:backup", "dynamodb", "list_backups", "BackupSummaries", "BackupArn", name="[TableName, BackupName]"),
    Kind("rds:db", "rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier", name="DBInstanceIdentifier",
         abroad=True, leave=lambda item: item.get("DBInstanceStatus") == "deleting"),
    Kind("rds:cluster", "rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier",
         name="DBClusterIdentifier", leave=lambda item: item.get("Status") == "deleting"),
    Kind("rds:snapshot", "rds", "describe_db_snapshots", "DBSnapshots", "DBSnapshotIdentifier",
         name="DBSnapshotIdentifier"),
    Kind("rds:subnet-group", "rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName",
         name="DBSubnetGroupName"),
    Kind("rds:parameter-group", "rds", "describe_db_parameter_groups",
         "DBParameterGroups[?!starts_with(DBParameterGroupName, 'default.')]", "DBParameterGroupName",
         name="DBParameterGroupName"),
    Kind("elasticfilesystem:file-system", "efs", "describe_file_systems", "FileSystems", "FileSystemId", abroad=True,
         leave=lambda item: item.get("LifeCycleState") in ("deleting", "deleted")),
    Kind("elasticfilesystem:access-point", "efs", "describe_access_points", "AccessPoints", "AccessPointId"),
    Kind("ecr:repository", "ecr", "describe_repositories", "repositories", "repositoryName", name="repositoryName",
         abroad=True),
    Kind("backup:vault", "backup", "list_backup_vaults", "BackupVaultList[?BackupVaultName!='Default']",
         "BackupVaultName", name="BackupVaultName"),
    Kind("backup:plan", "backup", "list_backup_plans", "BackupPlansList", "BackupPlanId", name="BackupPlanName"),
)  # fmt: skip
"""One row per type."""
