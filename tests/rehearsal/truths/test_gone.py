"""Deleting what isn't there, as AWS refuses it, and as it doesn't."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from range.rehearsal.truths.gone import TRUTHS

Clients = Callable[..., Any]
Refused = Callable[[str], Any]
ID = "0123456789abcdef0"
CODES = {truth.name: truth.code for truth in TRUTHS}
HERE = "eu-west-2:200000000001"
UUID = "11111111-1111-1111-1111-111111111111"
BALANCERS = f"arn:aws:elasticloadbalancing:{HERE}"
DELETES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "vpc-unknown": ("ec2", "delete_vpc", {"VpcId": f"vpc-{ID}"}),
    "subnet-unknown": ("ec2", "delete_subnet", {"SubnetId": f"subnet-{ID}"}),
    "security-group-unknown": ("ec2", "delete_security_group", {"GroupId": f"sg-{ID}"}),
    "internet-gateway-unknown": ("ec2", "delete_internet_gateway", {"InternetGatewayId": f"igw-{ID}"}),
    "route-table-unknown": ("ec2", "delete_route_table", {"RouteTableId": f"rtb-{ID}"}),
    "route-table-association-unknown": ("ec2", "disassociate_route_table", {"AssociationId": f"rtbassoc-{ID}"}),
    "acl-unknown": ("ec2", "delete_network_acl", {"NetworkAclId": f"acl-{ID}"}),
    "interface-unknown": ("ec2", "delete_network_interface", {"NetworkInterfaceId": f"eni-{ID}"}),
    "interface-attachment-unknown": ("ec2", "detach_network_interface", {"AttachmentId": f"eni-attach-{ID}"}),
    "address-unknown": ("ec2", "release_address", {"AllocationId": f"eipalloc-{ID}"}),
    "address-association-unknown": ("ec2", "disassociate_address", {"AssociationId": f"eipassoc-{ID}"}),
    "volume-unknown": ("ec2", "delete_volume", {"VolumeId": f"vol-{ID}"}),
    "snapshot-unknown": ("ec2", "delete_snapshot", {"SnapshotId": f"snap-{ID}"}),
    "flow-log-unknown": ("ec2", "delete_flow_logs", {"FlowLogIds": [f"fl-{ID}"]}),
    "dhcp-options-unknown": ("ec2", "delete_dhcp_options", {"DhcpOptionsId": f"dopt-{ID}"}),
    "peering-unknown": ("ec2", "delete_vpc_peering_connection", {"VpcPeeringConnectionId": f"pcx-{ID}"}),
    "prefix-list-unknown": ("ec2", "delete_managed_prefix_list", {"PrefixListId": f"pl-{ID}"}),
    "launch-template-name-unknown": ("ec2", "delete_launch_template", {"LaunchTemplateName": "nobody"}),
    "spot-request-unknown": ("ec2", "cancel_spot_instance_requests", {"SpotInstanceRequestIds": ["sir-abcd1234"]}),
    "gateway-table-unknown": (
        "ec2",
        "delete_transit_gateway_route_table",
        {"TransitGatewayRouteTableId": f"tgw-rtb-{ID}"},
    ),
    "mirror-target-unknown": ("ec2", "delete_traffic_mirror_target", {"TrafficMirrorTargetId": f"tmt-{ID}"}),
    "mirror-session-unknown": ("ec2", "delete_traffic_mirror_session", {"TrafficMirrorSessionId": f"tms-{ID}"}),
    "mirror-filter-unknown": ("ec2", "delete_traffic_mirror_filter", {"TrafficMirrorFilterId": f"tmf-{ID}"}),
    "role-unknown": ("iam", "delete_role", {"RoleName": "nobody"}),
    "user-unknown": ("iam", "delete_user", {"UserName": "nobody"}),
    "policy-unknown": ("iam", "delete_policy", {"PolicyArn": "arn:aws:iam::200000000001:policy/nothing"}),
    "instance-profile-unknown": ("iam", "delete_instance_profile", {"InstanceProfileName": "nobody"}),
    "bucket-unknown": ("s3", "delete_bucket", {"Bucket": "nowhere"}),
    "key-unknown": ("kms", "schedule_key_deletion", {"KeyId": UUID}),
    "alias-unknown": ("kms", "delete_alias", {"AliasName": "alias/nobody"}),
    "secret-unknown": ("secretsmanager", "delete_secret", {"SecretId": "nothing"}),
    "trail-unknown": ("cloudtrail", "delete_trail", {"Name": "nothing"}),
    "zone-unknown": ("route53", "delete_hosted_zone", {"Id": "Z0123456789ABC"}),
    "firewall-rule-group-unknown": (
        "route53resolver",
        "delete_firewall_rule_group",
        {"FirewallRuleGroupId": "rslvr-frg-1"},
    ),
    "listener-unknown": ("elbv2", "delete_listener", {"ListenerArn": f"{BALANCERS}:listener/app/a/{ID}/{ID}"}),
    "function-unknown": ("lambda", "delete_function", {"FunctionName": "nobody"}),
    "budget-unknown": ("budgets", "delete_budget", {"AccountId": "200000000001", "BudgetName": "nothing"}),
    "parameter-unknown": ("ssm", "delete_parameter", {"Name": "nothing"}),
    "share-unknown": (
        "ram",
        "delete_resource_share",
        {"resourceShareArn": f"arn:aws:ram:{HERE}:resource-share/{UUID}"},
    ),
    "detector-unknown": ("guardduty", "delete_detector", {"DetectorId": "0" * 32}),
}
"""How one deletes what isn't there, by the truth that says what AWS says to it."""


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.truth(name)) for name in DELETES])
def test_what_is_not_there_cannot_be_deleted(name: str, clients: Clients, refused: Refused) -> None:
    service, operation, parameters = DELETES[name]
    with refused(CODES[name]):
        getattr(clients(service), operation)(**parameters)


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("elbv2", "delete_load_balancer", {"LoadBalancerArn": f"{BALANCERS}:loadbalancer/app/front/{ID}"}),
        ("secretsmanager", "delete_secret", {"SecretId": "nothing", "ForceDeleteWithoutRecovery": True}),
        ("sns", "delete_topic", {"TopicArn": f"arn:aws:sns:{HERE}:nothing"}),
        ("cloudformation", "delete_stack", {"StackName": "nothing"}),
    ],
)
def test_what_is_not_there_counts_as_deleted(
    service: str, operation: str, parameters: dict[str, Any], clients: Clients
) -> None:
    getattr(clients(service), operation)(**parameters)


def test_endpoints_that_are_not_there_are_told_of_in_a_success(clients: Clients) -> None:
    answer = clients("ec2").delete_vpc_endpoints(VpcEndpointIds=[f"vpce-{ID}"])

    told = [(each["ResourceId"], each["Error"]["Code"]) for each in answer["Unsuccessful"]]
    assert told == [(f"vpce-{ID}", "InvalidVpcEndpointId.NotFound")]


def test_what_is_there_is_deleted_all_the_same(clients: Clients) -> None:
    trail, guardduty = clients("cloudtrail"), clients("guardduty")
    writer = {"Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "*", "Resource": "arn:aws:s3:::trail/*"}
    policy = json.dumps({"Statement": [{"Effect": "Allow", **writer}]})
    clients("s3").create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    clients("s3").put_bucket_policy(Bucket="trail", Policy=policy)
    by_name, by_arn = (trail.create_trail(Name=name, S3BucketName="trail") for name in ("one", "two"))

    trail.delete_trail(Name=by_name["Name"])
    trail.delete_trail(Name=by_arn["TrailARN"])
    guardduty.delete_detector(DetectorId=guardduty.create_detector(Enable=True)["DetectorId"])

    assert trail.describe_trails()["trailList"] == []
    assert guardduty.list_detectors()["DetectorIds"] == []
