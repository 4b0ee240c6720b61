"""What somebody with rights in an enclave's account does to it: a row per type, whatever may be refused is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

Client = Callable[..., Any]
"""Makes a client of a service, in a Region if one is named."""
Deed = Callable[[Client, "Ids"], object]

ANYONE = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}
)
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
CODE = b"PK\x05\x06" + b"\x00" * 18


class Ids:
    """What is there to be mischievous with, and a number that makes names differ."""

    def __init__(self, client: Client, number: int, prefix: str) -> None:
        ec2 = client("ec2")
        ours = [{"Name": "tag-key", "Values": ["range:stack"]}]
        self.number, self.prefix = number, prefix
        self.vpc = ec2.describe_vpcs(Filters=ours)["Vpcs"][0]["VpcId"]
        within = [{"Name": "vpc-id", "Values": [self.vpc]}]
        self.subnet = ec2.describe_subnets(Filters=within)["Subnets"][0]["SubnetId"]
        groups = ec2.describe_security_groups(Filters=[*within, *ours])["SecurityGroups"]
        self.group = groups[0]["GroupId"]
        tables = ec2.describe_route_tables(Filters=[*within, *ours])["RouteTables"]
        self.table = tables[0]["RouteTableId"]
        self.acl = ec2.describe_network_acls(Filters=[*within, *ours])["NetworkAcls"][0]["NetworkAclId"]
        found = ec2.describe_instances(Filters=[*within, {"Name": "instance-state-name", "Values": ["running"]}])
        self.instances = [each["InstanceId"] for one in found["Reservations"] for each in one["Instances"]]
        self.bucket = next(each["Name"] for each in client("s3").list_buckets()["Buckets"] if prefix in each["Name"])

    def name(self, what: str) -> str:
        """Make up a name."""
        return f"{what}-{self.number}"


def _rule(client: Client, ids: Ids) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": ids.number, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    client("ec2").authorize_security_group_ingress(GroupId=ids.group, IpPermissions=[rule])


def _revoke(client: Client, ids: Ids) -> None:
    found = client("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [ids.group]}])
    rule = found["SecurityGroupRules"][0]
    operation = "revoke_security_group_egress" if rule["IsEgress"] else "revoke_security_group_ingress"
    getattr(client("ec2"), operation)(GroupId=ids.group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])


def _network(client: Client, ids: Ids) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.99.0.0/24")["Subnet"]["SubnetId"]
    ec2.create_network_interface(SubnetId=subnet)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)


def _bucket(client: Client, ids: Ids) -> None:
    where = {"LocationConstraint": client("s3").meta.region_name}
    client("s3").create_bucket(Bucket=f"loot-{ids.prefix}-{ids.number}", CreateBucketConfiguration=where)
    client("s3").put_object(Bucket=f"loot-{ids.prefix}-{ids.number}", Key="k", Body=b"x")


def _user(client: Client, ids: Ids) -> None:
    client("iam").create_user(UserName=ids.name("mallory"))
    client("iam").create_access_key(UserName=ids.name("mallory"))


def _role(client: Client, ids: Ids) -> str:
    return f"{ids.prefix}-as-participant"


def _entry(client: Client, ids: Ids) -> None:
    line = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0", "Egress": True}
    client("ec2").create_network_acl_entry(NetworkAclId=ids.acl, RuleNumber=2 + ids.number % 30, **line)


def _table(client: Client, ids: Ids) -> None:
    client("dynamodb").create_table(
        TableName=ids.name("table"),
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )


def _function(client: Client, ids: Ids) -> None:
    client("iam").create_role(RoleName=ids.name("runner"), AssumeRolePolicyDocument=ANYONE)
    role = client("iam").get_role(RoleName=ids.name("runner"))["Role"]["Arn"]
    client("lambda").create_function(
        FunctionName=ids.name("f"), Runtime="python3.12", Role=role, Handler="a.b", Code={"ZipFile": CODE}
    )


def _dashboard(client: Client, ids: Ids) -> None:
    body = json.dumps({"widgets": []})
    client("cloudwatch").put_dashboard(DashboardName=ids.name("board"), DashboardBody=body)


def _alarm(client: Client, ids: Ids) -> None:
    client("cloudwatch").put_metric_alarm(
        AlarmName=ids.name("alarm"), MetricName="m", Namespace="n", Period=60, EvaluationPeriods=1, Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold", Statistic="Sum",
    )  # fmt: skip


def _tag(client: Client, ids: Ids) -> None:
    client("ec2").create_tags(Resources=[ids.vpc, ids.subnet], Tags=[{"Key": "Owner", "Value": ids.name("m")}])


def _attach(client: Client, ids: Ids) -> None:
    policy = client("iam").create_policy(PolicyName=ids.name("all"), PolicyDocument=ALL)["Policy"]["Arn"]
    client("iam").attach_role_policy(RoleName=_role(client, ids), PolicyArn=policy)


def _template(client: Client, ids: Ids) -> None:
    client("ec2").create_launch_template(
        LaunchTemplateName=ids.name("t"), LaunchTemplateData={"InstanceType": "t3.micro"}
    )


def _peek(client: Client, ids: Ids) -> None:
    volumes = client("ec2").describe_volumes()["Volumes"]
    client("ec2").create_snapshot(VolumeId=volumes[0]["VolumeId"])


DEEDS: dict[str, Deed] = {
    "opens a group": _rule,
    "takes a rule away": _revoke,
    "routes elsewhere": lambda c, i: c("ec2").create_route(
        RouteTableId=i.table, DestinationCidrBlock="192.0.2.0/24", InstanceId=i.instances[0]
    ),
    "opens an acl": _entry,
    "makes a network": _network,
    "makes a group": lambda c, i: c("ec2").create_security_group(GroupName=i.name("g"), Description="d", VpcId=i.vpc),
    "makes an interface": lambda c, i: c("ec2").create_network_interface(SubnetId=i.subnet),
    "makes a volume": lambda c, i: c("ec2").create_volume(
        AvailabilityZone=f"{c('ec2').meta.region_name}a", Size=8
    ),
    "makes a snapshot": _peek,
    "makes a key pair": lambda c, i: c("ec2").create_key_pair(KeyName=i.name("k")),
    "makes a template": _template,
    "makes a placement group": lambda c, i: c("ec2").create_placement_group(GroupName=i.name("p"), Strategy="cluster"),
    "makes a prefix list": lambda c, i: c("ec2").create_managed_prefix_list(
        PrefixListName=i.name("p"), MaxEntries=1, AddressFamily="IPv4"
    ),
    "makes dhcp options": lambda c, i: c("ec2").create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name", "Values": [i.name("d")]}]
    ),
    "makes a customer gateway": lambda c, i: c("ec2").create_customer_gateway(Type="ipsec.1", BgpAsn=65000, PublicIp="192.0.2.1"),
    "stops a host": lambda c, i: c("ec2").stop_instances(InstanceIds=i.instances[:1]),
    "protects a host": lambda c, i: c("ec2").modify_instance_attribute(
        InstanceId=i.instances[-1], DisableApiTermination={"Value": True}
    ),
    "tags things": _tag,
    "turns names off": lambda c, i: c("ec2").modify_vpc_attribute(VpcId=i.vpc, EnableDnsHostnames={"Value": False}),
    "turns encryption off": lambda c, i: c("ec2").disable_ebs_encryption_by_default(),
    "makes a bucket": _bucket,
    "puts an object": lambda c, i: c("s3").put_object(Bucket=i.bucket, Key=f"loot/{i.number}", Body=b"x"),
    "shows a bucket around": lambda c, i: c("s3").put_bucket_cors(
        Bucket=i.bucket, CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    ),
    "suspends versions": lambda c, i: c("s3").put_bucket_versioning(
        Bucket=i.bucket, VersioningConfiguration={"Status": "Suspended"}
    ),
    "makes a user": _user,
    "makes a group of users": lambda c, i: c("iam").create_group(GroupName=i.name("crew")),
    "makes a role": lambda c, i: c("iam").create_role(RoleName=i.name("back"), AssumeRolePolicyDocument=ANYONE),
    "lets anybody in": lambda c, i: c("iam").update_assume_role_policy(RoleName=_role(c, i), PolicyDocument=ANYONE),
    "adds a policy": lambda c, i: c("iam").put_role_policy(RoleName=_role(c, i), PolicyName="x", PolicyDocument=ALL),
    "attaches a policy": _attach,
    "makes a profile": lambda c, i: c("iam").create_instance_profile(InstanceProfileName=i.name("p")),
    "makes a queue": lambda c, i: c("sqs").create_queue(QueueName=i.name("q")),
    "makes a queue far away": lambda c, i: c("sqs", "us-west-2").create_queue(QueueName=i.name("q")),
    "makes a network far away": lambda c, i: c("ec2", "sa-east-1").create_vpc(CidrBlock="10.98.0.0/16"),
    "makes a topic": lambda c, i: c("sns").create_topic(Name=i.name("t")),
    "makes a parameter": lambda c, i: c("ssm").put_parameter(Name=i.name("p"), Value="v", Type="String"),
    "makes a document": lambda c, i: c("ssm").create_document(
        Name=i.name("d"), DocumentType="Command", Content=json.dumps({"schemaVersion": "2.2", "mainSteps": []})
    ),
    "makes an alarm": _alarm,
    "makes a dashboard": _dashboard,
    "makes a log group": lambda c, i: c("logs").create_log_group(logGroupName=i.name("/l")),
    "shortens the logs": lambda c, i: c("logs").put_retention_policy(
        logGroupName=f"/range/{i.prefix.replace('-', '/')}/flow", retentionInDays=1
    ),
    "makes an event rule": lambda c, i: c("events").put_rule(Name=i.name("r"), ScheduleExpression="rate(1 day)"),
    "makes a table": _table,
    "makes a secret": lambda c, i: c("secretsmanager").create_secret(Name=i.name("s"), SecretString="x"),
    "makes a function": _function,
    "makes a zone": lambda c, i: c("route53").create_hosted_zone(Name=f"{i.name('z')}.example", CallerReference=i.name("z")),
    "makes a repository": lambda c, i: c("ecr").create_repository(repositoryName=i.name("r")),
    "makes a cluster": lambda c, i: c("ecs").create_cluster(clusterName=i.name("c")),
    "makes a file system": lambda c, i: c("efs").create_file_system(CreationToken=i.name("e")),
    "stops the trail": lambda c, i: c("cloudtrail").stop_logging(Name=f"{i.prefix}-trail"),
    "opens the key": lambda c, i: c("kms").create_key(Description=i.name("k")),
    "makes a resource policy": lambda c, i: c("logs").put_resource_policy(policyName=i.name("p"), policyDocument=ALL),
}  # fmt: skip
"""By what it is; each leaves something of another type, or another property changed."""


def played(client: Client, ids: Ids, deeds: list[str]) -> list[str]:
    """Do what may be done; gives what was."""
    done = []
    for name in deeds:
        try:
            DEEDS[name](client, ids)
        except ClientError:
            continue
        done.append(name)
    return done
