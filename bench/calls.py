"""What one enclave asks of AWS, as plain boto3 calls that plain moto can answer, too: make, look, make, look."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

REGION = "eu-west-2"
Client = Callable[[str], Any]
_TAGS = [{"Key": f"range:{key}", "Value": "steadfast"} for key in ("exercise", "ally", "stack", "state")]
_IMAGE = "ami-12c6146b"
_ANYBODY = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
_TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _tagged(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": _TAGS}]


def enclave(account: str, client: Client) -> int:
    """Make an enclave of some 60 things and look at each, as a provider does; give the number of calls."""
    calls = [0]

    def counting(service: str) -> Any:
        client(service).meta.events.register_first("before-send", lambda **_: calls.__setitem__(0, calls[0] + 1))
        return client(service)

    ec2 = counting("ec2")
    vpc, subnets = _network(ec2)
    _instances(ec2, subnets[0], _groups(ec2, vpc)[0])
    _identities(counting("iam"), account)
    _keys(counting("kms"), account)
    _evidence(counting("s3"), counting("logs"), account)
    return calls[0]


def _network(ec2: Any) -> tuple[str, list[str]]:
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=_tagged("vpc"))["Vpc"]["VpcId"]
    ec2.describe_vpcs(VpcIds=[vpc])
    subnets = []
    for number in range(6):
        block, zone = f"10.1.{number}.0/24", f"{REGION}{'abc'[number % 3]}"
        made = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone, TagSpecifications=_tagged("subnet"))
        subnets.append(made["Subnet"]["SubnetId"])
        ec2.describe_subnets(SubnetIds=subnets[-1:])
    for subnet in subnets[:4]:
        table = ec2.create_route_table(VpcId=vpc, TagSpecifications=_tagged("route-table"))["RouteTable"][
            "RouteTableId"
        ]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        ec2.describe_route_tables(RouteTableIds=[table])
    for _ in range(3):
        acl = ec2.create_network_acl(VpcId=vpc, TagSpecifications=_tagged("network-acl"))["NetworkAcl"]["NetworkAclId"]
        for number in range(8):
            ports = {"From": number, "To": number}
            entry = {"RuleNumber": 100 + number, "Protocol": "6", "RuleAction": "allow", "Egress": False}
            ec2.create_network_acl_entry(NetworkAclId=acl, **entry, CidrBlock="10.0.0.0/8", PortRange=ports)
            ec2.describe_network_acls(NetworkAclIds=[acl])
    return vpc, subnets


def _groups(ec2: Any, vpc: str) -> list[str]:
    groups = []
    for number in range(4):
        made = ec2.create_security_group(
            GroupName=f"zone{number}", Description="zone", VpcId=vpc, TagSpecifications=_tagged("security-group")
        )
        groups.append(made["GroupId"])
        for port in range(6):
            allowed = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
            rule = ec2.authorize_security_group_ingress(GroupId=groups[-1], IpPermissions=[allowed])
            known = rule["SecurityGroupRules"][0]["SecurityGroupRuleId"]
            ec2.describe_security_group_rules(SecurityGroupRuleIds=[known])
    return groups


def _instances(ec2: Any, subnet: str, group: str) -> None:
    for _ in range(4):
        launch = {"ImageId": _IMAGE, "InstanceType": "t3.micro", "SubnetId": subnet, "SecurityGroupIds": [group]}
        made = ec2.run_instances(MinCount=1, MaxCount=1, **launch, TagSpecifications=_tagged("instance"))
        known = made["Instances"][0]["InstanceId"]
        ec2.describe_instances(InstanceIds=[known])
        ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [known]}])


def _identities(iam: Any, account: str) -> None:
    for number in range(5):
        name = f"role{number}-{account}"
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(_TRUST))
        iam.get_role(RoleName=name)
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=_document(_ANYBODY))
        iam.get_role_policy(RoleName=name, PolicyName="own")


def _keys(kms: Any, account: str) -> None:
    for number in range(2):
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.enable_key_rotation(KeyId=key)
        kms.describe_key(KeyId=key)
        kms.create_alias(AliasName=f"alias/{account}-{number}", TargetKeyId=key)
        kms.list_aliases()


def _evidence(s3: Any, logs: Any, account: str) -> None:
    bucket = f"evidence-{account}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.get_bucket_versioning(Bucket=bucket)
    everything = {**_ANYBODY, "Principal": "*", "Resource": f"arn:aws:s3:::{bucket}/*"}
    s3.put_bucket_policy(Bucket=bucket, Policy=_document(everything))
    s3.get_bucket_policy(Bucket=bucket)
    logs.create_log_group(logGroupName=f"/range/{account}")
    logs.put_retention_policy(logGroupName=f"/range/{account}", retentionInDays=7)
    logs.describe_log_groups(logGroupNamePrefix="/range")
