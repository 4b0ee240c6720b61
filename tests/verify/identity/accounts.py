"""Accounts in memory that answer everything that a snapshot asks about identities, from a state that tests change at will."""

# ruff: noqa: N803 -- the parameters are AWS's
from __future__ import annotations

import json
from typing import Any, TypeAlias

from range.errors import CloudError

State: TypeAlias = dict[str, Any]
"""What one account holds: kinds of things, each by name; policies as documents or None."""
OWNER = "0123456789abcdef"


def written(document: Any) -> str:
    """Write a document as AWS keeps it."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))


def _none(code: str) -> CloudError:
    return CloudError(f"there is none: {code}", code=code)


class Told:
    """One account, with the one method that a snapshot needs."""

    def __init__(self, account: str, region: str, state: State) -> None:
        self.id, self.region, self.state = account, region, state

    def of(self, kind: str) -> dict[str, Any]:
        """Give the things of a kind by name."""
        return dict(self.state.get(kind, {}))

    def arn(self, service: str, rest: str) -> str:
        """Name something of the account."""
        return f"arn:aws:{service}:{self.region}:{self.id}:{rest}"

    def call(self, service: str, operation: str, /, **asked: Any) -> dict[str, Any]:
        """Answer a call as boto3 would."""
        found: dict[str, Any] = getattr(self, f"{service.replace('-', '_')}_{operation}")(**asked)
        return found

    def _policy(self, kind: str, name: str, key: str, absent: str) -> dict[str, Any]:
        document = self.of(kind).get(name)
        if document is None:
            raise _none(absent)
        return {key: written(document)}

    def iam_get_account_authorization_details(self) -> dict[str, Any]:
        """List roles, users, groups and managed policies."""
        policies = [
            {"Arn": arn, "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document}]}
            for arn, document in self.of("policies").items()
        ]
        return {
            "IsTruncated": False,
            "RoleDetailList": [self._role(name, role) for name, role in self.of("roles").items()],
            "UserDetailList": [self._user(name, user) for name, user in self.of("users").items()],
            "GroupDetailList": [self._held("Group", name, group) for name, group in self.of("groups").items()],
            "Policies": policies,
        }

    def _held(self, kind: str, name: str, holder: dict[str, Any]) -> dict[str, Any]:
        inline = [{"PolicyName": each, "PolicyDocument": doc} for each, doc in holder.get("policies", {}).items()]
        found: dict[str, Any] = {
            f"{kind}Name": name,
            "Arn": f"arn:aws:iam::{self.id}:{kind.lower()}{holder.get('path', '/')}{name}",
            f"{kind}PolicyList": inline,
            "AttachedManagedPolicies": [{"PolicyArn": arn} for arn in holder.get("managed", ())],
        }
        if holder.get("boundary"):
            found["PermissionsBoundary"] = {"PermissionsBoundaryArn": holder["boundary"]}
        return found

    def _role(self, name: str, role: dict[str, Any]) -> dict[str, Any]:
        profiles = [{"InstanceProfileName": each} for each in role.get("profiles", ())]
        return {
            **self._held("Role", name, role),
            "AssumeRolePolicyDocument": role["trust"],
            "InstanceProfileList": profiles,
        }

    def _user(self, name: str, user: dict[str, Any]) -> dict[str, Any]:
        return {**self._held("User", name, user), "GroupList": list(user.get("groups", ()))}

    def s3_get_bucket_policy(self, Bucket: str) -> dict[str, Any]:
        return self._part(Bucket, "policy", "NoSuchBucketPolicy", lambda found: {"Policy": written(found)})

    def s3_get_bucket_acl(self, Bucket: str) -> dict[str, Any]:
        own = {"Grantee": {"Type": "CanonicalUser", "ID": OWNER}, "Permission": "FULL_CONTROL"}
        return {"Owner": {"ID": OWNER}, "Grants": [own, *self.of("buckets").get(Bucket, {}).get("grants", ())]}

    def s3_get_bucket_ownership_controls(self, Bucket: str) -> dict[str, Any]:
        return self._part(
            Bucket,
            "ownership",
            "OwnershipControlsNotFoundError",
            lambda found: {"OwnershipControls": {"Rules": [{"ObjectOwnership": found}]}},
        )

    def s3_get_bucket_replication(self, Bucket: str) -> dict[str, Any]:
        return self._part(
            Bucket,
            "replication",
            "ReplicationConfigurationNotFoundError",
            lambda found: {"ReplicationConfiguration": {"Rules": found}},
        )

    def _part(self, bucket: str, part: str, absent: str, make: Any) -> dict[str, Any]:
        found = self.of("buckets").get(bucket, {}).get(part)
        if not found:
            raise _none(absent)
        return dict(make(found))

    def s3control_list_access_points(self, AccountId: str) -> dict[str, Any]:
        assert AccountId == self.id
        return {"AccessPointList": [{"Name": name} for name in self.of("points")]}

    def s3control_get_access_point_policy(self, AccountId: str, Name: str) -> dict[str, Any]:
        assert AccountId == self.id
        return self._policy("points", Name, "Policy", "NoSuchAccessPointPolicy")

    def kms_list_keys(self) -> dict[str, Any]:
        return {"Keys": [{"KeyId": name} for name in self.of("keys")], "Truncated": False}

    def kms_get_key_policy(self, KeyId: str, PolicyName: str) -> dict[str, Any]:
        return {"Policy": written(self.of("keys")[KeyId]["policy"]), "PolicyName": PolicyName}

    def kms_list_grants(self, KeyId: str) -> dict[str, Any]:
        return {"Grants": self.of("keys")[KeyId].get("grants", []), "Truncated": False}

    def secretsmanager_list_secrets(self) -> dict[str, Any]:
        return {"SecretList": [{"ARN": self.arn("secretsmanager", f"secret:{name}")} for name in self.of("secrets")]}

    def secretsmanager_get_resource_policy(self, SecretId: str) -> dict[str, Any]:
        document = self.of("secrets")[SecretId.partition(":secret:")[2]]
        return {"ARN": SecretId, **({"ResourcePolicy": written(document)} if document else {})}

    def sqs_list_queues(self) -> dict[str, Any]:
        return {
            "QueueUrls": [f"https://sqs.{self.region}.amazonaws.com/{self.id}/{name}" for name in self.of("queues")]
        }

    def sqs_get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:
        name = QueueUrl.rpartition("/")[2]
        document = self.of("queues")[name]
        policy = {"Policy": written(document)} if document else {}
        return {"Attributes": {"QueueArn": self.arn("sqs", name), **policy}} if AttributeNames else {}

    def sns_list_topics(self) -> dict[str, Any]:
        return {"Topics": [{"TopicArn": self.arn("sns", name)} for name in self.of("topics")]}

    def sns_get_topic_attributes(self, TopicArn: str) -> dict[str, Any]:
        return {"Attributes": {"TopicArn": TopicArn, "Policy": written(self.of("topics")[TopicArn.rpartition(":")[2]])}}

    def logs_describe_destinations(self) -> dict[str, Any]:
        listed = self.of("destinations").items()
        return {
            "destinations": [
                {"arn": self.arn("logs", f"destination:{n}"), "accessPolicy": written(d)} for n, d in listed
            ]
        }

    def logs_describe_resource_policies(self) -> dict[str, Any]:
        listed = self.of("log_policies").items()
        return {"resourcePolicies": [{"policyName": name, "policyDocument": written(doc)} for name, doc in listed]}

    def ecr_describe_repositories(self) -> dict[str, Any]:
        return {"repositories": [{"repositoryName": name} for name in self.of("repositories")]}

    def ecr_get_repository_policy(self, repositoryName: str) -> dict[str, Any]:
        return self._policy("repositories", repositoryName, "policyText", "RepositoryPolicyNotFoundException")

    def ecr_get_registry_policy(self) -> dict[str, Any]:
        return self._policy("registry", "all", "policyText", "RegistryPolicyNotFoundException")

    def events_list_event_buses(self) -> dict[str, Any]:
        listed = {"default": None, **self.of("buses")}
        return {
            "EventBuses": [
                {
                    "Name": name,
                    "Arn": self.arn("events", f"event-bus/{name}"),
                    **({"Policy": written(document)} if document else {}),
                }
                for name, document in listed.items()
            ]
        }

    def events_list_rules(self, EventBusName: str) -> dict[str, Any]:
        rules = self.of("rules") if EventBusName == "default" else {}
        return {"Rules": [{"Name": name, "EventBusName": EventBusName} for name in rules]}

    def events_list_targets_by_rule(self, Rule: str, EventBusName: str) -> dict[str, Any]:
        assert EventBusName == "default"
        return {"Targets": [{"Id": str(number), "Arn": arn} for number, arn in enumerate(self.of("rules")[Rule])]}

    def lambda_list_functions(self) -> dict[str, Any]:
        return {"Functions": [{"FunctionName": name} for name in self.of("functions")]}

    def lambda_get_policy(self, FunctionName: str) -> dict[str, Any]:
        return self._policy("functions", FunctionName, "Policy", "ResourceNotFoundException")

    def lambda_list_layers(self) -> dict[str, Any]:
        arns = (self.arn("lambda", f"layer:{name}:1") for name in self.of("layers"))
        return {"Layers": [{"LatestMatchingVersion": {"LayerVersionArn": arn}} for arn in arns]}

    def lambda_get_layer_version_policy(self, LayerName: str, VersionNumber: int) -> dict[str, Any]:
        assert VersionNumber == 1
        return self._policy("layers", LayerName.rpartition(":")[2], "Policy", "ResourceNotFoundException")

    def ec2_describe_images(self, Owners: list[str]) -> dict[str, Any]:
        tags = {name: [{"Key": "range:image", "Value": name}] for name in self.of("golden")}
        images = [{"ImageId": name, "Tags": tags.get(name, [])} for name in self.of("images")]
        return {"Images": images if Owners == ["self"] else []}

    def ec2_describe_image_attribute(self, ImageId: str, Attribute: str) -> dict[str, Any]:
        return {"ImageId": ImageId, "LaunchPermissions": self.of("images")[ImageId] if Attribute else []}

    def ec2_describe_snapshots(self, OwnerIds: list[str]) -> dict[str, Any]:
        return {"Snapshots": [{"SnapshotId": name} for name in self.of("snapshots")] if OwnerIds == ["self"] else []}

    def ec2_describe_snapshot_attribute(self, SnapshotId: str, Attribute: str) -> dict[str, Any]:
        return {
            "SnapshotId": SnapshotId,
            "CreateVolumePermissions": self.of("snapshots")[SnapshotId] if Attribute else [],
        }

    def ssm_list_documents(self, Filters: list[Any]) -> dict[str, Any]:
        return {"DocumentIdentifiers": [{"Name": name} for name in self.of("documents")] if Filters else []}

    def ssm_describe_document_permission(self, Name: str, PermissionType: str) -> dict[str, Any]:
        return {"AccountIds": self.of("documents")[Name]} if PermissionType == "Share" else {}

    def ram_get_resource_share_associations(self, associationType: str) -> dict[str, Any]:
        assert associationType == "PRINCIPAL"
        listed = ((name, to) for name, share in self.of("shares").items() for to in share["principals"])
        told = [{"resourceShareArn": name, "associatedEntity": to, "status": "ASSOCIATED"} for name, to in listed]
        return {"resourceShareAssociations": told}

    def ram_list_resources(self, resourceOwner: str) -> dict[str, Any]:
        assert resourceOwner == "SELF"
        listed = ((name, arn, kind) for name, share in self.of("shares").items() for arn, kind in share["resources"])
        return {"resources": [{"resourceShareArn": name, "arn": arn, "type": kind} for name, arn, kind in listed]}

    def _organisation(self) -> dict[str, Any]:
        """Give the organisation, as an account sees it that may."""
        if "organisation" not in self.state:
            raise _none("AWSOrganizationsNotInUseException")
        found: dict[str, Any] = self.state["organisation"]
        return found

    def organizations_list_parents(self, ChildId: str) -> dict[str, Any]:
        parent = self._organisation()["parents"][ChildId]
        kind = "ROOT" if parent.startswith("r-") else "ORGANIZATIONAL_UNIT"
        return {"Parents": [{"Id": parent, "Type": kind}]}

    def organizations_list_roots(self) -> dict[str, Any]:
        types = [{"Type": each, "Status": "ENABLED"} for each in self._organisation()["types"]]
        arn = "arn:aws:organizations::000000000001:root/o-exercise/r-root"
        return {"Roots": [{"Id": "r-root", "Arn": arn, "PolicyTypes": types}]}

    def organizations_list_policies_for_target(self, TargetId: str, Filter: str) -> dict[str, Any]:
        held = self._organisation()
        names = held["attached"].get(TargetId, ())
        found = [{"Id": name, "Name": name} for name in names if held["policies"][name]["type"] == Filter]
        return {"Policies": found}

    def organizations_describe_policy(self, PolicyId: str) -> dict[str, Any]:
        content = written(self._organisation()["policies"][PolicyId]["content"])
        return {"Policy": {"PolicySummary": {"Id": PolicyId, "Name": PolicyId}, "Content": content}}

    def sso_admin_list_instances(self) -> dict[str, Any]:
        return {"Instances": [{"InstanceArn": "arn:aws:sso:::instance/ssoins-1"}] if "centre" in self.state else []}

    def sso_admin_list_permission_sets(self, InstanceArn: str) -> dict[str, Any]:
        return {"PermissionSets": sorted({each["set"] for each in self.state["centre"]}) if InstanceArn else []}

    def sso_admin_list_account_assignments(
        self, InstanceArn: str, AccountId: str, PermissionSetArn: str
    ) -> dict[str, Any]:
        assert InstanceArn
        wanted = [
            each for each in self.state["centre"] if (each["account"], each["set"]) == (AccountId, PermissionSetArn)
        ]
        return {
            "AccountAssignments": [
                {
                    "AccountId": AccountId,
                    "PermissionSetArn": PermissionSetArn,
                    "PrincipalType": "USER",
                    "PrincipalId": each["who"],
                }
                for each in wanted
            ]
        }
