"""Which calls leave something that the witness sees. What isn't here makes a verdict UNKNOWN, never CLEAN."""

from __future__ import annotations

import re

from range.observe.table import TABLE
from range.records.trail import Write

_EC2 = (
    "Vpc|VpcAttribute|VpcTenancy|VpcCidrBlock|Subnet|SubnetAttribute|SubnetCidrBlock|SubnetCidrReservation|RouteTable|Route|"
    "NetworkAcl|NetworkAclEntry|NetworkAclAssociation|RouteTableAssociation|SecurityGroup|SecurityGroupIngress|"
    "SecurityGroupEgress|SecurityGroupRules|SecurityGroupRuleDescriptions(?:In|E)gress|NetworkInterface|"
    "NetworkInterfaceAttribute|PrivateIpAddresses|Ipv6Addresses|VpcEndpoints?|VpcEndpointServiceConfigurations?|"
    "VpcEndpointServicePermissions|InternetGateway|EgressOnlyInternetGateway|CarrierGateway|NatGateway|NatGatewayAddress|"
    "Address|AddressAttribute|VpcPeeringConnection|VpcPeeringConnectionOptions|DhcpOptions|ManagedPrefixList|VpnGateway|"
    "VpnConnection|VpnConnectionRoute|VgwRoutePropagation|CustomerGateway|ClientVpnEndpoint|InstanceConnectEndpoint|FlowLogs|"
    "Instances|InstanceAttribute|InstanceMetadataOptions|InstanceMetadataDefaults|InstancePlacement|"
    "InstanceMaintenanceOptions|InstanceCreditSpecification|Volume|VolumeIO|Image|ImageAttribute|ImageDeprecation|Snapshot|"
    "Snapshots|SnapshotAttribute|KeyPair|LaunchTemplate|LaunchTemplateVersions?|PlacementGroup|SpotInstances|"
    "SpotInstanceRequests|SpotFleet|SpotFleetRequests?|Fleets?|CapacityReservation|Hosts|IamInstanceProfile|"
    "IamInstanceProfileAssociation|TransitGateway\\w*|TrafficMirror\\w+|Tags|EbsEncryptionByDefault|EbsDefaultKmsKeyId|"
    "ReplaceRootVolumeTask|NetworkInsightsPath|Ipam|IpamPool"
)
_VERBS = (
    "Accept|Allocate|Assign|Associate|Attach|Authorize|Cancel|Copy|Create|Delete|Deregister|Detach|Disable|Disassociate|"
    "Enable|Import|Modify|Move|Reboot|Register|Reject|Release|Replace|Request|Reset|Restore|Revoke|Run|Start|Stop|Terminate|"
    "Unassign|Update"
)
_MADE = "Create|Delete|Put|Update|Modify|Set|Add|Remove|Attach|Detach|Tag|Untag|Associate|Disassociate|Enable|Disable"
_SEEN: dict[str, str] = {
    "ec2": f"(?:{_VERBS})(?:{_EC2})",
    "autoscaling": f"(?:{_MADE})(?:AutoScalingGroup|LaunchConfiguration|ScalingPolicy|Policy|OrUpdateTags)|CreateOrUpdateTags",
    "elasticloadbalancing": f"(?:{_MADE}|Register|Deregister)(?:LoadBalancer\\w*|Listener|TargetGroup\\w*|Targets|Tags)",
    "iam": (
        "(?:Create|Delete|Update|Tag|Untag)(?:Role|User|Group|Policy|InstanceProfile|AccessKey|LoginProfile)|"
        "(?:Attach|Detach|Put|Delete)(?:Role|User|Group)Policy|(?:Create|Delete)PolicyVersion|SetDefaultPolicyVersion|"
        "(?:Put|Delete)(?:Role|User)PermissionsBoundary|UpdateAssumeRolePolicy|UpdateRoleDescription|"
        "(?:Add|Remove)UserToGroup|RemoveUserFromGroup|AddRoleToInstanceProfile|RemoveRoleFromInstanceProfile|"
        "(?:Create|Delete|Update)(?:SAMLProvider|OpenIDConnectProvider\\w*|AccountAlias|AccountPasswordPolicy)|"
        "(?:Upload|Delete)ServerCertificate|(?:Create|Delete|Enable|Deactivate)(?:VirtualMFADevice|MFADevice)|"
        "CreateServiceLinkedRole|DeleteServiceLinkedRole|ChangePassword"
    ),
    "s3": (
        "(?:Create|Delete)Bucket|(?:Put|Delete)(?:Bucket\\w+|PublicAccessBlock|AccountPublicAccessBlock|"
        "ObjectLockConfiguration)|(?:Create|Delete)AccessPoint"
    ),
    "kms": (
        "CreateKey|CreateAlias|DeleteAlias|UpdateAlias|PutKeyPolicy|ScheduleKeyDeletion|CancelKeyDeletion|"
        "(?:Enable|Disable)Key|(?:Enable|Disable)KeyRotation|UpdateKeyDescription|CreateGrant|RevokeGrant|RetireGrant|"
        "TagResource|UntagResource|GenerateDataKey\\w*"
    ),
    "secretsmanager": "CreateSecret|DeleteSecret|(?:Put|Delete)ResourcePolicy|TagResource|UntagResource|RestoreSecret",
    "sns": "CreateTopic|DeleteTopic|SetTopicAttributes|Subscribe|Unsubscribe|AddPermission|RemovePermission",
    "sqs": "CreateQueue|DeleteQueue|SetQueueAttributes|PurgeQueue|AddPermission|RemovePermission",
    "ssm": (
        "PutParameter|DeleteParameters?|(?:Create|Update|Delete)Document|UpdateDocumentDefaultVersion|"
        "ModifyDocumentPermission|(?:Create|Update|Delete)MaintenanceWindow|(?:Create|Update|Delete)PatchBaseline|"
        "StartSession|ResumeSession|TerminateSession|SendCommand"
    ),
    "monitoring": (
        "PutMetricAlarm|DeleteAlarms|SetAlarmState|(?:Enable|Disable)AlarmActions|PutDashboard|DeleteDashboards"
    ),
    "logs": (
        "(?:Create|Delete)LogGroup|(?:Create|Delete)LogStream|(?:Put|Delete)(?:RetentionPolicy|SubscriptionFilter|"
        "ResourcePolicy|Destination|DestinationPolicy|MetricFilter)|(?:Associate|Disassociate)KmsKey|(?:Tag|Untag)\\w+"
    ),
    "cloudtrail": "(?:Create|Delete|Update)Trail|(?:Start|Stop)Logging|PutEventSelectors|AddTags|RemoveTags",
    "events": (
        "(?:Put|Delete|Enable|Disable)Rule|(?:Put|Remove)Targets|(?:Create|Delete|Update)(?:EventBus|"
        "Archive|Connection|ApiDestination)"
    ),
    "lambda": (
        "(?:Create|Delete)Function\\w*|UpdateFunction(?:Code|Configuration)\\w*|(?:Add|"
        "Remove)Permission\\w*|(?:Create|Delete)EventSourceMapping\\w*|(?:Publish|"
        "Delete)LayerVersion\\w*"
    ),
    "dynamodb": "(?:Create|Delete|Update)Table|(?:Create|Delete)Backup",
    "rds": ("(?:Create|Delete|Modify|Start|Stop|Reboot)DB(?:Instance|Cluster|Snapshot|SubnetGroup|ParameterGroup)"),
    "elasticfilesystem": "(?:Create|Delete|Update)FileSystem|(?:Create|Delete)AccessPoint",
    "ecr": "(?:Create|Delete)Repository",
    "ecs": "(?:Create|Delete)Cluster|(?:Create|Delete)Service|(?:Register|Deregister)TaskDefinition",
    "eks": "(?:Create|Delete)Cluster",
    "cloudformation": "(?:Create|Delete|Update)Stack",
    "states": "(?:Create|Delete|Update)StateMachine|(?:Create|Delete)Activity",
    "budgets": "(?:Create|Delete|Modify|Update)Budget",
    "route53": (
        "(?:Create|Delete)HostedZone|ChangeResourceRecordSets|ChangeTagsForResource|(?:Create|Delete|"
        "Update)HealthCheck|(?:Associate|Disassociate)VPC\\w+"
    ),
    "route53resolver": (
        "(?:Create|Delete|Update|Associate|Disassociate)(?:Firewall\\w+|Resolver\\w+)|(?:Tag|Untag)Resource"
    ),
    "ram": ("(?:Create|Delete|Update)ResourceShare|(?:Associate|Disassociate)ResourceShare|(?:Tag|Untag)Resource"),
    "organizations": "(?:Create|Delete|Update|Attach|Detach)Policy",
    "acm": "(?:Request|Import|Delete)Certificate",
    "kinesis": "(?:Create|Delete)Stream",
    "firehose": "(?:Create|Delete)DeliveryStream",
    "config": "(?:Put|Delete)(?:ConfigurationRecorder|ConfigRule)",
    "guardduty": "(?:Create|Delete)Detector",
    "resource-groups": "(?:Create|Delete)Group",
    "backup": "(?:Create|Delete)Backup(?:Vault|Plan)",
    "scheduler": "(?:Create|Delete|Update)Schedule(?:Group)?",
    "ses": "Verify(?:EmailIdentity|EmailAddress|DomainIdentity)|DeleteIdentity",
}
"""By service, as the trail names it: the calls whose effect is in what the witness reads."""

_LEAVES_NOTHING = {
    "sts": ".*",
    "signin": ".*",
    "ec2": "GetPasswordData|GetConsole\\w+|SendSpotInstanceInterruptions",
    "ssm": "UpdateInstanceInformation|PutInventory|PutComplianceItems",
    "logs": "StartQuery|StopQuery|PutLogEvents",
}
"""Calls that the trail counts as changes and that leave nothing behind."""

_NAMES = {"cloudwatch": "monitoring", "elbv2": "elasticloadbalancing", "elb": "elasticloadbalancing", "efs": "elasticfilesystem",
          "stepfunctions": "states", "s3control": "s3"}  # fmt: skip
_ABROAD = frozenset(_NAMES.get(kind.service, kind.service) for kind in TABLE if kind.abroad or kind.scope == "global")


def is_seen(write: Write, home: str) -> bool:
    """Say whether what a call left behind would be seen by a look, or it leaves nothing."""
    if re.fullmatch(_LEAVES_NOTHING.get(write.service, "(?!)"), write.call):
        return True
    pattern = _SEEN.get(write.service)
    if pattern is None or not re.fullmatch(pattern, write.call):
        return False
    return write.region == home or write.service in _ABROAD
