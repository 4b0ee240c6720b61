"""Samples of what accounts share, who may do what, and what is kept."""

from __future__ import annotations

from typing import Any

from tests.rehearsal.provider.bench import ALLY, HUB, MANAGEMENT, Ref, Sample, document

_TAGS = {"tags": {"Name": "changed", "more": "1"}}
_TRUST = document("sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})
_OTHER_TRUST = document("sts:AssumeRole", Principal={"Service": "vpc-flow-logs.amazonaws.com"})
_READ = document("s3:GetObject", Resource="*")
_WRITE = document("s3:PutObject", Resource="*")
_KEY_POLICY = document("kms:*", Principal={"AWS": f"arn:aws:iam::{ALLY}:root"}, Resource="*")
_LOGS_KEY_POLICY = document(
    "kms:*", Principal={"AWS": f"arn:aws:iam::{ALLY}:root", "Service": "logs.eu-west-2.amazonaws.com"}, Resource="*"
)
_OTHER_KEY_POLICY = document("kms:*", Principal={"AWS": f"arn:aws:iam::{ALLY}:root"}, Resource="*", Sid="all")


def _rule(days: int) -> dict[str, Any]:
    return {"id": "old", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": days}}


def _notification(percent: int) -> dict[str, Any]:
    return {
        "comparisonOperator": "GREATER_THAN",
        "notificationType": "ACTUAL",
        "threshold": percent,
        "thresholdType": "PERCENTAGE",
        "subscriberEmailAddresses": ["est@example.org"],
    }


_DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"%s","Resource":"*"}]}'
_OBJECTS = "arn:aws:s3:::range-est-evidence/*"
_ON = "enable"
_OFF = "disable"
_GATEWAY = {"defaultRouteTableAssociation": _OFF, "defaultRouteTablePropagation": _OFF}
_ATTACHMENT = {"transitGatewayId": Ref("gateway"), "vpcId": Ref("vpc"), "subnetIds": [Ref("subnet")]}
_PAIR = {"transitGatewayRouteTableId": Ref("gateway-table"), "transitGatewayAttachmentId": Ref("accepter")}

SAMPLES: dict[str, Sample] = {
    "gateway": Sample(
        "aws:ec2transitgateway/transitGateway:TransitGateway",
        {"description": "range", **_GATEWAY},
        {
            "description": "changed",
            "amazonSideAsn": 64513,
            "autoAcceptSharedAttachments": _ON,
            "defaultRouteTableAssociation": None,
            "defaultRouteTablePropagation": None,
            "dnsSupport": _OFF,
            "securityGroupReferencingSupport": _ON,
            "vpnEcmpSupport": _OFF,
            "transitGatewayCidrBlocks": ["10.99.0.0/24"],
            **_TAGS,
        },
        account=HUB,
    ),
    "gateway-table": Sample(
        "aws:ec2transitgateway/routeTable:RouteTable", {"transitGatewayId": Ref("gateway")}, {**_TAGS}, account=HUB
    ),
    "share": Sample(
        "aws:ram/resourceShare:ResourceShare",
        {"name": "gateway", "allowExternalPrincipals": False},
        {"name": "changed", "allowExternalPrincipals": True, **_TAGS},
        account=HUB,
        before=lambda bench: bench.client("ram", MANAGEMENT).enable_sharing_with_aws_organization(),
    ),
    "share-resource": Sample(
        "aws:ram/resourceAssociation:ResourceAssociation",
        {"resourceArn": Ref("gateway", "arn"), "resourceShareArn": Ref("share")},
        account=HUB,
    ),
    "share-principal": Sample(
        "aws:ram/principalAssociation:PrincipalAssociation",
        {"principal": ALLY, "resourceShareArn": Ref("share")},
        account=HUB,
    ),
    "attachment": Sample(
        "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
        _ATTACHMENT,
        {
            "subnetIds": [Ref("subnet"), Ref("subnet2")],
            "applianceModeSupport": _ON,
            "dnsSupport": _OFF,
            "ipv6Support": None,
            "securityGroupReferencingSupport": _OFF,
            "transitGatewayDefaultRouteTableAssociation": None,
            "transitGatewayDefaultRouteTablePropagation": None,
            **_TAGS,
        },
        after=("share-resource", "share-principal"),
    ),
    "hub-attachment": Sample(
        "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
        {
            "transitGatewayId": Ref("gateway"),
            "vpcId": Ref("hub-vpc"),
            "subnetIds": [Ref("hub-subnet")],
            "transitGatewayDefaultRouteTableAssociation": False,
            "transitGatewayDefaultRouteTablePropagation": False,
        },
        account=HUB,
    ),
    "accepter": Sample(
        "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
        {"transitGatewayAttachmentId": Ref("attachment"), "tags": {"Name": "accepted"}},
        {
            "transitGatewayDefaultRouteTableAssociation": None,
            "transitGatewayDefaultRouteTablePropagation": None,
            **_TAGS,
        },
        account=HUB,
    ),
    "gateway-association": Sample(
        "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation",
        _PAIR,
        {"replaceExistingAssociation": True},
        account=HUB,
    ),
    "gateway-propagation": Sample(
        "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation", _PAIR, account=HUB
    ),
    "gateway-route": Sample(
        "aws:ec2transitgateway/route:Route",
        {"destinationCidrBlock": "10.0.0.0/8", "transitGatewayRouteTableId": Ref("gateway-table"), "blackhole": True},
        account=HUB,
    ),
    "gateway-route-to": Sample(
        "aws:ec2transitgateway/route:Route", {"destinationCidrBlock": "10.1.0.0/16", **_PAIR}, account=HUB
    ),
    "policy-of-organisation": Sample(
        "aws:organizations/policy:Policy",
        {"name": "guardrail", "content": _DENY % "organizations:LeaveOrganization"},
        {"name": "changed", "content": _DENY % "s3:*", "description": "changed", "skipDestroy": None, **_TAGS},
        account=MANAGEMENT,
        before=lambda bench: bench.client("organizations", MANAGEMENT).enable_policy_type(
            RootId=bench.client("organizations", MANAGEMENT).list_roots()["Roots"][0]["Id"],
            PolicyType="SERVICE_CONTROL_POLICY",
        ),
    ),
    "policy-on-account": Sample(
        "aws:organizations/policyAttachment:PolicyAttachment",
        {"policyId": Ref("policy-of-organisation"), "targetId": ALLY},
        {"skipDestroy": None},
        account=MANAGEMENT,
    ),
    "role": Sample(
        "aws:iam/role:Role",
        {"name": "logs", "assumeRolePolicy": _TRUST, "permissionsBoundary": Ref("policy")},
        {
            "assumeRolePolicy": _OTHER_TRUST,
            "description": "changed",
            "maxSessionDuration": 7200,
            "permissionsBoundary": Ref("policy2"),
            "forceDetachPolicies": True,
            **_TAGS,
        },
    ),
    "role2": Sample("aws:iam/role:Role", {"assumeRolePolicy": _TRUST}),
    "policy": Sample("aws:iam/policy:Policy", {"name": "read", "policy": _READ}, {"policy": _WRITE, **_TAGS}),
    "policy2": Sample("aws:iam/policy:Policy", {"policy": _WRITE}),
    "role-policy": Sample(
        "aws:iam/rolePolicy:RolePolicy", {"role": Ref("role"), "name": "inline", "policy": _READ}, {"policy": _WRITE}
    ),
    "role-policy-attachment": Sample(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role": Ref("role"), "policyArn": Ref("policy")}
    ),
    "profile": Sample(
        "aws:iam/instanceProfile:InstanceProfile",
        {"name": "host", "role": Ref("role")},
        {"role": Ref("role2"), **_TAGS},
    ),
    "key": Sample(
        "aws:kms/key:Key",
        {"description": "est", "policy": _KEY_POLICY, "enableKeyRotation": True, "deletionWindowInDays": 7},
        {
            "description": "changed",
            "policy": _OTHER_KEY_POLICY,
            "bypassPolicyLockoutSafetyCheck": None,
            "deletionWindowInDays": 8,
            "isEnabled": False,
            "enableKeyRotation": False,
            **_TAGS,
        },
    ),
    "key2": Sample("aws:kms/key:Key"),
    "logs-key": Sample("aws:kms/key:Key", {"policy": _LOGS_KEY_POLICY}),
    "alias": Sample(
        "aws:kms/alias:Alias", {"name": "alias/est", "targetKeyId": Ref("key")}, {"targetKeyId": Ref("key2")}
    ),
    "grant": Sample(
        "aws:kms/grant:Grant",
        {
            "name": "ebs",
            "keyId": Ref("key"),
            "granteePrincipal": Ref("role", "arn"),
            "operations": ["Decrypt", "GenerateDataKey"],
            "constraints": [{"encryptionContextSubset": {"ally": "est"}}],
        },
    ),
    "secret": Sample(
        "aws:secretsmanager/secret:Secret",
        {"name": "est/password", "description": "password", "kmsKeyId": Ref("key", "arn"), "recoveryWindowInDays": 0},
        {
            "description": "changed",
            "kmsKeyId": Ref("key2", "arn"),
            "policy": document("secretsmanager:GetSecretValue", Principal={"AWS": ALLY}, Resource="*"),
            "recoveryWindowInDays": 7,
            **_TAGS,
        },
    ),
    "secret-version": Sample(
        "aws:secretsmanager/secretVersion:SecretVersion",
        {"secretId": Ref("secret"), "secretString": "correct horse"},
        {"versionStages": ["AWSCURRENT", "first"]},
        stays=True,
    ),
    "bucket": Sample("aws:s3/bucket:Bucket", {"bucket": "range-est-evidence"}, {"forceDestroy": True, **_TAGS}),
    "bucket-versioning": Sample(
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": Ref("bucket"), "versioningConfiguration": {"status": "Enabled"}},
        {"versioningConfiguration": {"status": "Suspended"}},
        stays=True,
    ),
    "bucket-encryption": Sample(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {"bucket": Ref("bucket"), "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]},
        {
            "rules": [
                {
                    "applyServerSideEncryptionByDefault": {
                        "sseAlgorithm": "aws:kms",
                        "kmsMasterKeyId": Ref("key", "arn"),
                    },
                    "bucketKeyEnabled": True,
                }
            ]
        },
    ),
    "bucket-block": Sample(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {"bucket": Ref("bucket"), "blockPublicAcls": True},
        {
            "blockPublicAcls": False,
            "blockPublicPolicy": True,
            "ignorePublicAcls": True,
            "restrictPublicBuckets": True,
            "skipDestroy": None,
        },
    ),
    "bucket-policy": Sample(
        "aws:s3/bucketPolicy:BucketPolicy",
        {
            "bucket": Ref("bucket"),
            "policy": document("s3:GetObject", Principal={"AWS": f"arn:aws:iam::{HUB}:root"}, Resource=_OBJECTS),
        },
        {"policy": document("s3:PutObject", Principal={"AWS": f"arn:aws:iam::{HUB}:root"}, Resource=_OBJECTS)},
    ),
    "bucket-ownership": Sample(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        {"bucket": Ref("bucket"), "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
    ),
    "bucket-lifecycle": Sample(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {"bucket": Ref("bucket"), "rules": [_rule(90)]},
        {"rules": [{**_rule(30), "noncurrentVersionExpiration": {"noncurrentDays": 7}}]},
    ),
    "account-block": Sample(
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        {"accountId": ALLY, "blockPublicAcls": True, "blockPublicPolicy": True},
        {"blockPublicAcls": False, "blockPublicPolicy": False, "ignorePublicAcls": True, "restrictPublicBuckets": True},
    ),
    "trail": Sample(
        "aws:cloudtrail/trail:Trail",
        {"name": "est", "s3BucketName": Ref("trail-bucket"), "isMultiRegionTrail": True},
        {
            "s3BucketName": None,
            "s3KeyPrefix": "changed",
            "kmsKeyId": Ref("key", "arn"),
            "includeGlobalServiceEvents": None,
            "isMultiRegionTrail": False,
            "isOrganizationTrail": None,
            "enableLogFileValidation": True,
            "cloudWatchLogsGroupArn": None,
            "cloudWatchLogsRoleArn": None,
            "eventSelectors": [{"readWriteType": "WriteOnly", "includeManagementEvents": True}],
            "advancedEventSelectors": None,
            "enableLogging": False,
            **_TAGS,
        },
        after=("trail-bucket-policy",),
    ),
    "trail-bucket": Sample("aws:s3/bucket:Bucket", {"bucket": "range-est-trail", "forceDestroy": True}),
    "trail-bucket-policy": Sample(
        "aws:s3/bucketPolicy:BucketPolicy",
        {
            "bucket": Ref("trail-bucket"),
            "policy": document(
                "s3:*",
                Principal={"Service": "cloudtrail.amazonaws.com"},
                Resource=["arn:aws:s3:::range-est-trail", "arn:aws:s3:::range-est-trail/*"],
            ),
        },
    ),
    "log-group": Sample(
        "aws:cloudwatch/logGroup:LogGroup",
        {"name": "/range/est", "retentionInDays": 30},
        {"retentionInDays": 7, "kmsKeyId": Ref("logs-key", "arn"), "skipDestroy": None, **_TAGS},
    ),
    "log-policy": Sample(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        {"policyName": "delivery", "policyDocument": _LOGS_KEY_POLICY},
        {"policyDocument": _OTHER_KEY_POLICY},
    ),
    "zone": Sample(
        "aws:route53/zone:Zone",
        {"name": "est.range", "vpcs": [{"vpcId": Ref("vpc")}]},
        {"comment": "changed", "vpcs": [{"vpcId": Ref("vpc2")}], "forceDestroy": True, **_TAGS},
    ),
    "hub-zone": Sample(
        "aws:route53/zone:Zone", {"name": "hub.range", "vpcs": [{"vpcId": Ref("hub-vpc")}]}, account=HUB
    ),
    "record": Sample(
        "aws:route53/record:Record",
        {"zoneId": Ref("zone"), "name": "log", "type": "A", "ttl": 300, "records": ["10.0.0.5"]},
        {"ttl": 60, "records": ["10.0.0.6", "10.0.0.7"], "aliases": None, "allowOverwrite": True},
    ),
    "zone-authorization": Sample(
        "aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization",
        {"zoneId": Ref("hub-zone"), "vpcId": Ref("vpc")},
        account=HUB,
    ),
    "zone-association": Sample(
        "aws:route53/zoneAssociation:ZoneAssociation",
        {"zoneId": Ref("hub-zone"), "vpcId": Ref("vpc")},
        after=("zone-authorization",),
    ),
    "domain-list": Sample(
        "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
        {"name": "allowed", "domains": ["est.range", "*.est.range"]},
        {"domains": ["*.range"], **_TAGS},
    ),
    "rule-group": Sample("aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup", {"name": "est"}, {**_TAGS}),
    "rule": Sample(
        "aws:route53/resolverFirewallRule:ResolverFirewallRule",
        {
            "name": "rest",
            "action": "BLOCK",
            "blockResponse": "NXDOMAIN",
            "priority": 100,
            "firewallRuleGroupId": Ref("rule-group"),
            "firewallDomainListId": Ref("domain-list"),
        },
        {
            "name": "changed",
            "action": None,
            "priority": 200,
            "blockResponse": "NODATA",
            "blockOverrideDomain": None,
            "blockOverrideDnsType": None,
            "blockOverrideTtl": None,
            "firewallDomainRedirectionAction": None,
        },
    ),
    "rule-group-association": Sample(
        "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        {"name": "est", "firewallRuleGroupId": Ref("rule-group"), "vpcId": Ref("vpc"), "priority": 101},
        {"name": "changed", "priority": 102, "mutationProtection": None, **_TAGS},
    ),
    "firewall-config": Sample(
        "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        {"resourceId": Ref("vpc"), "firewallFailOpen": "DISABLED"},
        {"firewallFailOpen": "ENABLED"},
        stays=True,
    ),
    "budget": Sample(
        "aws:budgets/budget:Budget",
        {
            "name": "est",
            "accountId": ALLY,
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "100.0",
            "limitUnit": "USD",
            "notifications": [_notification(80)],
        },
        {
            "limitAmount": "200.0",
            "limitUnit": None,
            "costFilters": None,
            "costTypes": None,
            "notifications": [_notification(90), _notification(100)],
            **_TAGS,
        },
    ),
}
