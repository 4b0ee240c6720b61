"""Which calls leave something that the witness sees. What isn't here makes a verdict UNKNOWN, never CLEAN.

A call is beside the rows that show what it did, and is seen where each of them is looked at: in the exercise's Region, for
global services, and elsewhere if the row says so. What no stack declares goes as a whole, with what was set in it: there it
is enough that the thing itself is looked at. Of what stacks declare, whatever a row doesn't read isn't here.
"""

from __future__ import annotations

import re

from range.observe.table import TABLE
from range.records.trail import Write

_CD = "(?:Create|Delete)"
_CDM = "(?:Create|Delete|Modify)"
_CDU = "(?:Create|Delete|Update)"
_ATTACHED = "(?:Attach|Detach)"
_JOINED = "(?:Associate|Disassociate)"
_SWITCHED = "(?:Enable|Disable)"
_PD = "(?:Put|Delete)"
_TAGS = "(?:Tag|Untag)"

_EC2 = {
    "ec2:vpc": f"{_CD}Vpc|ModifyVpcAttribute|ModifyVpcTenancy|{_JOINED}VpcCidrBlock|AssociateDhcpOptions",
    "ec2:subnet": f"{_CD}Subnet|ModifySubnetAttribute|{_JOINED}SubnetCidrBlock|{_CD}SubnetCidrReservation",
    "ec2:route-table": f"{_CD}RouteTable|{_JOINED}RouteTable|ReplaceRouteTableAssociation|{_SWITCHED}VgwRoutePropagation",
    "ec2:route": "(?:Create|Delete|Replace)Route",
    "ec2:network-acl": f"{_CD}NetworkAcl|ReplaceNetworkAclAssociation",
    "ec2:network-acl-entry": "(?:Create|Delete|Replace)NetworkAclEntry",
    "ec2:security-group": f"{_CD}SecurityGroup",
    "ec2:security-group-rule": (
        "(?:Authorize|Revoke)SecurityGroup(?:In|E)gress|ModifySecurityGroupRules|"
        "UpdateSecurityGroupRuleDescriptions(?:In|E)gress"
    ),
    "ec2:network-interface": (
        f"{_CD}NetworkInterface|{_ATTACHED}NetworkInterface|(?:Modify|Reset)NetworkInterfaceAttribute|"
        "(?:Assign|Unassign)(?:PrivateIp|Ipv6)Addresses"
    ),
    "ec2:vpc-endpoint": "(?:Create|Modify)VpcEndpoint|DeleteVpcEndpoints",
    "ec2:vpc-endpoint-service": (
        "(?:Create|Modify)VpcEndpointServiceConfiguration|DeleteVpcEndpointServiceConfigurations|"
        "ModifyVpcEndpointServicePermissions"
    ),
    "ec2:internet-gateway": f"{_CD}InternetGateway|{_ATTACHED}InternetGateway",
    "ec2:egress-only-internet-gateway": f"{_CD}EgressOnlyInternetGateway",
    "ec2:carrier-gateway": f"{_CD}CarrierGateway",
    "ec2:nat-gateway": f"{_CD}NatGateway|{_JOINED}NatGatewayAddress",
    "ec2:address": f"(?:Allocate|Release)Address|{_JOINED}Address",
    "ec2:vpc-peering-connection": "(?:Create|Accept|Reject|Delete)VpcPeeringConnection|ModifyVpcPeeringConnectionOptions",
    "ec2:dhcp-options": f"{_CD}DhcpOptions",
    "ec2:prefix-list": f"{_CDM}ManagedPrefixList",
    "ec2:vpn-gateway": f"{_CD}VpnGateway|{_ATTACHED}VpnGateway",
    "ec2:vpn-connection": f"{_CDM}VpnConnection|{_CD}VpnConnectionRoute",
    "ec2:customer-gateway": f"{_CD}CustomerGateway",
    "ec2:client-vpn-endpoint": f"{_CDM}ClientVpnEndpoint",
    "ec2:instance-connect-endpoint": f"{_CDM}InstanceConnectEndpoint",
    "ec2:flow-log": f"{_CD}FlowLogs",
    "ec2:network-insights-path": f"{_CD}NetworkInsightsPath",
    "ec2:ipam": f"{_CDM}Ipam",
    "ec2:ipam-pool": f"{_CDM}IpamPool",
    "ec2:instance": (
        "(?:Run|Start|Stop|Terminate)Instances|(?:Modify|Reset)InstanceAttribute|"
        "ModifyInstance(?:MetadataOptions|Placement|MaintenanceOptions)"
    ),
    "ec2:instance-metadata-defaults": "ModifyInstanceMetadataDefaults",
    "ec2:profile-association": f"{_JOINED}IamInstanceProfile|ReplaceIamInstanceProfileAssociation",
    "ec2:volume": f"{_CDM}Volume|{_ATTACHED}Volume|CreateReplaceRootVolumeTask",
    "ec2:image": (
        f"(?:Create|Copy|Register|Deregister)Image|(?:Modify|Reset)ImageAttribute|{_SWITCHED}ImageDeprecation"
    ),
    "ec2:snapshot": "(?:Create|Copy|Delete)Snapshot|CreateSnapshots|(?:Modify|Reset)SnapshotAttribute",
    "ec2:key-pair": "(?:Create|Import|Delete)KeyPair",
    "ec2:launch-template": f"{_CDM}LaunchTemplate|CreateLaunchTemplateVersion|DeleteLaunchTemplateVersions",
    "ec2:placement-group": f"{_CD}PlacementGroup",
    "ec2:spot-request": "RequestSpotInstances|CancelSpotInstanceRequests",
    "ec2:spot-fleet": "RequestSpotFleet|ModifySpotFleetRequest|CancelSpotFleetRequests",
    "ec2:fleet": "(?:Create|Modify)Fleet|DeleteFleets",
    "ec2:capacity-reservation": "(?:Create|Modify|Cancel)CapacityReservation",
    "ec2:dedicated-host": "(?:Allocate|Modify|Release)Hosts",
    "ec2:transit-gateway": f"{_CDM}TransitGateway",
    # neither Accept nor Modify: the row reads no state, and not the options and subnets of a VPC's attachment
    "ec2:transit-gateway-attachment": "(?:Create|Delete|Reject)TransitGateway(?:Vpc|Peering)Attachment",
    "ec2:transit-gateway-route-table": (
        f"{_CD}TransitGatewayRouteTable|{_JOINED}TransitGatewayRouteTable|{_SWITCHED}TransitGatewayRouteTablePropagation|"
        f"(?:Create|Delete|Replace)TransitGatewayRoute|{_CDM}TransitGatewayPrefixListReference"
    ),
    "ec2:transit-gateway-multicast-domain": f"{_CD}TransitGatewayMulticastDomain",
    "ec2:transit-gateway-connect": f"{_CD}TransitGatewayConnect",
    "ec2:traffic-mirror-session": f"{_CDM}TrafficMirrorSession",
    "ec2:traffic-mirror-target": f"{_CD}TrafficMirrorTarget",
    "ec2:traffic-mirror-filter": (
        f"{_CD}TrafficMirrorFilter|{_CDM}TrafficMirrorFilterRule|ModifyTrafficMirrorFilterNetworkServices"
    ),
    "ec2:ebs-encryption-default": f"{_SWITCHED}EbsEncryptionByDefault",
    "ec2:ebs-default-key": "(?:Modify|Reset)EbsDefaultKmsKeyId",
}

SEEN: dict[str, dict[str, str]] = {
    "ec2": {
        **_EC2,
        # of anything, so that it is seen where everything is looked at
        " ".join(kind.type for kind in TABLE if kind.service == "ec2"): f"{_CD}Tags",
    },
    "autoscaling": {
        "autoscaling:group": f"{_CDU}AutoScalingGroup|CreateOrUpdateTags",
        "autoscaling:launch-configuration": f"{_CD}LaunchConfiguration",
        "autoscaling:policy": "PutScalingPolicy|DeletePolicy",
    },
    "elasticloadbalancing": {
        # two services have one name in the trail: where a call may be either's, both must be looked at
        "elasticloadbalancing:loadbalancer elasticloadbalancing:classic": (
            f"{_CD}LoadBalancer|ModifyLoadBalancerAttributes|(?:Add|Remove)Tags"
        ),
        "elasticloadbalancing:loadbalancer": f"{_CDM}Listener",
        "elasticloadbalancing:targetgroup": f"{_CDM}TargetGroup|ModifyTargetGroupAttributes|(?:Register|Deregister)Targets",
        "elasticloadbalancing:classic": (
            f"{_ATTACHED}LoadBalancer\\w+|{_CD}LoadBalancer(?:Listeners|Policy)|SetLoadBalancer\\w+"
        ),
    },
    "iam": {
        "iam:role": (
            f"{_CDU}Role|{_TAGS}Role|{_ATTACHED}RolePolicy|{_PD}RolePolicy|{_PD}RolePermissionsBoundary|"
            f"UpdateAssumeRolePolicy|UpdateRoleDescription|{_CD}ServiceLinkedRole"
        ),
        "iam:user": (
            f"{_CDU}User|{_TAGS}User|{_ATTACHED}UserPolicy|{_PD}UserPolicy|{_PD}UserPermissionsBoundary|"
            f"{_CDU}AccessKey|{_CDU}LoginProfile|ChangePassword|(?:Enable|Deactivate)MFADevice"
        ),
        "iam:group": f"{_CDU}Group|{_ATTACHED}GroupPolicy|{_PD}GroupPolicy|AddUserToGroup|RemoveUserFromGroup",
        "iam:policy": f"{_CD}Policy|{_CD}PolicyVersion|SetDefaultPolicyVersion",
        "iam:instance-profile": (
            f"{_CD}InstanceProfile|{_TAGS}InstanceProfile|AddRoleToInstanceProfile|RemoveRoleFromInstanceProfile"
        ),
        "iam:saml-provider": f"{_CDU}SAMLProvider",
        "iam:oidc-provider": f"{_CD}OpenIDConnectProvider|UpdateOpenIDConnectProviderThumbprint",
        "iam:server-certificate": "(?:Upload|Delete)ServerCertificate",
        "iam:mfa-device": f"{_CD}VirtualMFADevice",
        "iam:account-alias": f"{_CD}AccountAlias",
        "iam:password-policy": "(?:Update|Delete)AccountPasswordPolicy",
    },
    "s3": {
        "s3:bucket": (
            f"{_CD}Bucket|{_PD}Bucket(?:Acl|Cors|Encryption|Lifecycle(?:Configuration)?|Logging|"
            "Notification(?:Configuration)?|ObjectLockConfiguration|OwnershipControls|Policy|PublicAccessBlock|Replication|"
            "Tagging|Versioning|Website)|Put(?:Bucket)?AccelerateConfiguration|PutObjectLockConfiguration"
        ),
        "s3:bucket s3:account-public-access": f"{_PD}PublicAccessBlock",
        "s3:account-public-access": f"{_PD}AccountPublicAccessBlock",
        "s3:access-point": f"{_CD}AccessPoint",
    },
    "kms": {
        "kms:key": (
            f"CreateKey|PutKeyPolicy|ScheduleKeyDeletion|CancelKeyDeletion|{_SWITCHED}Key|{_SWITCHED}KeyRotation|"
            f"UpdateKeyDescription|(?:Create|Revoke|Retire)Grant|{_TAGS}Resource"
        ),
        "kms:alias": f"{_CDU}Alias",
    },
    # not DeleteSecret: with a time to recover it is listed no more, and still there
    "secretsmanager": {"secretsmanager:secret": f"CreateSecret|RestoreSecret|{_PD}ResourcePolicy|{_TAGS}Resource"},
    "sns": {
        "sns:topic": f"{_CD}Topic|SetTopicAttributes|(?:Add|Remove)Permission",
        "sns:subscription": "(?:Subscribe|Unsubscribe)",
    },
    "sqs": {"sqs:queue": f"{_CD}Queue|SetQueueAttributes|PurgeQueue|(?:Add|Remove)Permission"},
    "ssm": {
        "ssm:parameter": "PutParameter|DeleteParameters?",
        "ssm:document": f"{_CDU}Document|UpdateDocumentDefaultVersion|ModifyDocumentPermission",
        "ssm:maintenance-window": f"{_CDU}MaintenanceWindow",
        "ssm:patch-baseline": f"{_CDU}PatchBaseline",
        # what came of it is on a host, and hosts are looked at for themselves
        "ec2:instance": "(?:Start|Resume|Terminate)Session|SendCommand",
    },
    "monitoring": {
        "cloudwatch:alarm": f"PutMetricAlarm|DeleteAlarms|{_SWITCHED}AlarmActions",
        "cloudwatch:dashboard": "PutDashboard|DeleteDashboards",
    },
    "logs": {
        "logs:log-group": (
            f"{_CD}LogGroup|{_PD}RetentionPolicy|{_PD}SubscriptionFilter|{_JOINED}KmsKey|{_TAGS}(?:LogGroup|Resource)"
        ),
        "logs:metric-filter": f"{_PD}MetricFilter",
        "logs:resource-policy": f"{_PD}ResourcePolicy",
        "logs:destination": f"{_PD}Destination|PutDestinationPolicy",
    },
    "cloudtrail": {"cloudtrail:trail": f"{_CDU}Trail|(?:Start|Stop)Logging|PutEventSelectors|(?:Add|Remove)Tags"},
    "events": {
        "events:rule": f"{_PD}Rule|{_SWITCHED}Rule|(?:Put|Remove)Targets",
        "events:bus": f"{_CD}EventBus",
        "events:archive": f"{_CDU}Archive",
        "events:connection": f"{_CDU}Connection",
        "events:api-destination": f"{_CDU}ApiDestination",
    },
    "lambda": {
        "lambda:function": f"{_CD}Function\\w*|UpdateFunction(?:Code|Configuration)\\w*|(?:Add|Remove)Permission\\w*",
        "lambda:event-source": f"{_CD}EventSourceMapping\\w*",
        "lambda:layer": "(?:Publish|Delete)LayerVersion\\w*",
    },
    "dynamodb": {"dynamodb:table": f"{_CDU}Table", "dynamodb:backup": f"{_CD}Backup"},
    "rds": {
        "rds:db": f"(?:{_CDM}|Start|Stop|Reboot)DBInstance",
        "rds:cluster": f"(?:{_CDM}|Start|Stop|Reboot)DBCluster",
        "rds:snapshot": f"{_CDM}DBSnapshot",
        "rds:subnet-group": f"{_CDM}DBSubnetGroup",
        "rds:parameter-group": f"{_CDM}DBParameterGroup",
    },
    "elasticfilesystem": {
        "elasticfilesystem:file-system": f"{_CDU}FileSystem",
        "elasticfilesystem:access-point": f"{_CD}AccessPoint",
    },
    "ecr": {"ecr:repository": f"{_CD}Repository"},
    "ecs": {
        "ecs:cluster": f"{_CD}Cluster|{_CD}Service",
        "ecs:task-definition": "(?:Register|Deregister)TaskDefinition",
    },
    "eks": {"eks:cluster": f"{_CD}Cluster"},
    "cloudformation": {"cloudformation:stack": f"{_CDU}Stack"},
    "states": {"states:statemachine": f"{_CDU}StateMachine", "states:activity": f"{_CD}Activity"},
    "budgets": {"budgets:budget": "(?:Create|Delete|Modify|Update)Budget"},
    "route53": {
        "route53:zone": (
            f"{_CD}HostedZone|ChangeResourceRecordSets|ChangeTagsForResource|AssociateVPCWithHostedZone|"
            "DisassociateVPCFromHostedZone"
        ),
        "route53:health-check": f"{_CDU}HealthCheck",
    },
    "route53resolver": {
        "route53resolver:firewall-rule-group": f"{_CD}FirewallRuleGroup|{_CDU}FirewallRule",
        "route53resolver:firewall-association": f"{_JOINED}FirewallRuleGroup|UpdateFirewallRuleGroupAssociation",
        "route53resolver:firewall-domain-list": f"{_CD}FirewallDomainList|UpdateFirewallDomains",
        "route53resolver:firewall-config": "UpdateFirewallConfig",
        "route53resolver:endpoint": f"{_CDU}ResolverEndpoint|{_JOINED}ResolverEndpointIpAddress",
        "route53resolver:rule": f"{_CDU}ResolverRule",
        "route53resolver:rule-association": f"{_JOINED}ResolverRule",
        "route53resolver:query-log-config": f"{_CD}ResolverQueryLogConfig",
    },
    # not organizations: what an enclave's look reads has none of the organisation's policies
    "ram": {"ram:share": f"{_CDU}ResourceShare|{_JOINED}ResourceShare|{_TAGS}Resource"},
    "acm": {"acm:certificate": "(?:Request|Import|Delete)Certificate"},
    "kinesis": {"kinesis:stream": f"{_CD}Stream"},
    "firehose": {"firehose:stream": f"{_CD}DeliveryStream"},
    "config": {"config:recorder": f"{_PD}ConfigurationRecorder", "config:rule": f"{_PD}ConfigRule"},
    "guardduty": {"guardduty:detector": f"{_CD}Detector"},
    "resource-groups": {"resource-groups:group": f"{_CD}Group"},
    "backup": {"backup:vault": f"{_CD}BackupVault", "backup:plan": f"{_CD}BackupPlan"},
    "scheduler": {"scheduler:schedule": f"{_CDU}Schedule", "scheduler:group": f"{_CD}ScheduleGroup"},
    "ses": {"ses:identity": "Verify(?:EmailIdentity|EmailAddress|DomainIdentity)|DeleteIdentity"},
}  # fmt: skip
"""By service, as the trail names it, and by the types that show it: the calls, a pattern."""

_LEAVES_NOTHING = {
    "sts": ".*",
    "signin": ".*",
    "ec2": "GetPasswordData|GetConsole\\w+|SendSpotInstanceInterruptions|RebootInstances",
    "kms": "GenerateDataKey\\w*",
    "ssm": "UpdateInstanceInformation|PutInventory|PutComplianceItems",
    "monitoring": "SetAlarmState",
    "logs": "StartQuery|StopQuery|PutLogEvents",
}
"""Calls that the trail counts as changes and that leave nothing behind."""

_ROWS = {kind.type: kind for kind in TABLE}


def is_seen(write: Write, home: str) -> bool:
    """Say whether what a call left behind would be seen by a look, or it leaves nothing."""
    if re.fullmatch(_LEAVES_NOTHING.get(write.service, "(?!)"), write.call):
        return True
    return any(
        re.fullmatch(calls, write.call) and all(_is_looked_at(type_, write.region, home) for type_ in types.split())
        for types, calls in SEEN.get(write.service, {}).items()
    )


def _is_looked_at(type_: str, region: str, home: str) -> bool:
    """Say whether a look reads a type in a Region; what is global is told in a Region of AWS's choice."""
    kind = _ROWS[type_]
    return kind.scope == "global" or (kind.scope == "region" and (region == home or kind.abroad))
