"""What somebody with rights in an enclave's account makes there: a row per type, whatever may be refused is."""

from __future__ import annotations

import json

from tests.reset.ids import ALL, ANYONE, CODE, QUERY, Client, Deed, Ids


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


def _template(client: Client, ids: Ids) -> None:
    client("ec2").create_launch_template(
        LaunchTemplateName=ids.name("t"), LaunchTemplateData={"InstanceType": "t3.micro"}
    )


def _peek(client: Client, ids: Ids) -> None:
    volumes = client("ec2").describe_volumes()["Volumes"]
    client("ec2").create_snapshot(VolumeId=volumes[0]["VolumeId"])


def _image(client: Client, ids: Ids) -> None:
    client("ec2").create_image(InstanceId=ids.instances[0], Name=ids.name("i"), NoReboot=True)


def _host(client: Client, ids: Ids) -> None:
    instance = client("ec2").describe_instances(InstanceIds=ids.instances[:1])["Reservations"][0]["Instances"][0]
    client("ec2").run_instances(
        ImageId=instance["ImageId"], InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=ids.subnet
    )


def _listener(client: Client, ids: Ids) -> None:
    client("elbv2").create_target_group(Name=ids.name("tg"), Protocol="TCP", Port=80, VpcId=ids.vpc)


def _machine(client: Client, ids: Ids) -> None:
    client("iam").create_role(RoleName=ids.name("states"), AssumeRolePolicyDocument=ANYONE)
    role = client("iam").get_role(RoleName=ids.name("states"))["Role"]["Arn"]
    definition = json.dumps({"StartAt": "a", "States": {"a": {"Type": "Succeed"}}})
    client("stepfunctions").create_state_machine(name=ids.name("m"), definition=definition, roleArn=role)


def _task(client: Client, ids: Ids) -> None:
    containers = [{"name": "c", "image": "i", "memory": 128}]
    client("ecs").register_task_definition(family=ids.name("t"), containerDefinitions=containers)


def _subscription(client: Client, ids: Ids) -> None:
    topic = client("sns").create_topic(Name=ids.name("s"))["TopicArn"]
    queue = client("sqs").create_queue(QueueName=ids.name("s"))["QueueUrl"]
    arn = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)


def _metric_filter(client: Client, ids: Ids) -> None:
    client("logs").create_log_group(logGroupName=ids.name("/mf"))
    transformation = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    client("logs").put_metric_filter(
        logGroupName=ids.name("/mf"), filterName="f", filterPattern="x", metricTransformations=[transformation]
    )


def _entry_window(client: Client, ids: Ids) -> None:
    client("ssm").create_maintenance_window(
        Name=ids.name("w"), Schedule="rate(1 day)", Duration=2, Cutoff=1, AllowUnassociatedTargets=True
    )


def _health(client: Client, ids: Ids) -> None:
    config = {"IPAddress": "192.0.2.1", "Port": 80, "Type": "TCP"}
    client("route53").create_health_check(CallerReference=ids.name("h"), HealthCheckConfig=config)


MADE: dict[str, Deed] = {
    "makes a network": _network,
    "makes a group": lambda c, i: c("ec2").create_security_group(GroupName=i.name("g"), Description="d", VpcId=i.vpc),
    "makes an interface": lambda c, i: c("ec2").create_network_interface(SubnetId=i.subnet),
    "makes a volume": lambda c, i: c("ec2").create_volume(
        AvailabilityZone=f"{c('ec2').meta.region_name}a", Size=8
    ),
    "makes a snapshot": _peek,
    "makes a key pair": lambda c, i: c("ec2").create_key_pair(KeyName=i.name("k")),
    "makes a template": _template,
        "makes a prefix list": lambda c, i: c("ec2").create_managed_prefix_list(
        PrefixListName=i.name("p"), MaxEntries=1, AddressFamily="IPv4"
    ),
    "makes dhcp options": lambda c, i: c("ec2").create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name", "Values": [i.name("d")]}]
    ),
    "makes a customer gateway": lambda c, i: c("ec2").create_customer_gateway(Type="ipsec.1", BgpAsn=65000, PublicIp="192.0.2.1"),
    "makes a bucket": _bucket,
    "makes a user": _user,
    "makes a group of users": lambda c, i: c("iam").create_group(GroupName=i.name("crew")),
    "makes a role": lambda c, i: c("iam").create_role(RoleName=i.name("back"), AssumeRolePolicyDocument=ANYONE),
    "makes a profile": lambda c, i: c("iam").create_instance_profile(InstanceProfileName=i.name("p")),
    "makes a queue": lambda c, i: c("sqs").create_queue(QueueName=i.name("q")),
    "makes a queue far away": lambda c, i: c("sqs", "us-west-2").create_queue(QueueName=i.name("q")),
    "makes a network far away": lambda c, i: c("ec2", "us-west-2").create_vpc(CidrBlock="10.98.0.0/16"),
    "makes a topic": lambda c, i: c("sns").create_topic(Name=i.name("t")),
    "makes a parameter": lambda c, i: c("ssm").put_parameter(Name=i.name("p"), Value="v", Type="String"),
    "makes a document": lambda c, i: c("ssm").create_document(
        Name=i.name("d"), DocumentType="Command", Content=json.dumps({"schemaVersion": "2.2", "mainSteps": []})
    ),
    "makes an alarm": _alarm,
    "makes a dashboard": _dashboard,
    "makes a log group": lambda c, i: c("logs").create_log_group(logGroupName=i.name("/l")),
    "makes an event rule": lambda c, i: c("events").put_rule(Name=i.name("r"), ScheduleExpression="rate(1 day)"),
    "makes a table": _table,
    "makes a secret": lambda c, i: c("secretsmanager").create_secret(Name=i.name("s"), SecretString="x"),
    "makes a function": _function,
    "makes a zone": lambda c, i: c("route53").create_hosted_zone(Name=f"{i.name('z')}.example", CallerReference=i.name("z")),
    "makes a repository": lambda c, i: c("ecr").create_repository(repositoryName=i.name("r")),
    "makes a cluster": lambda c, i: c("ecs").create_cluster(clusterName=i.name("c")),
    "makes a file system": lambda c, i: c("efs").create_file_system(CreationToken=i.name("e")),
    "makes a resource policy": lambda c, i: c("logs").put_resource_policy(policyName=i.name("p"), policyDocument=ALL),
    "makes an internet gateway": lambda c, i: c("ec2").create_internet_gateway(),
    "makes an address": lambda c, i: c("ec2").allocate_address(Domain="vpc"),
    "makes a route table": lambda c, i: c("ec2").create_route_table(VpcId=i.vpc),
    "makes a vpn gateway": lambda c, i: c("ec2").create_vpn_gateway(Type="ipsec.1"),
    "makes a one-way gateway": lambda c, i: c("ec2").create_egress_only_internet_gateway(VpcId=i.vpc),
    "makes a mirror filter": lambda c, i: c("ec2").create_traffic_mirror_filter(Description=i.name("m")),
    "makes an image": _image,
    "runs a host": _host,
    "makes another network": lambda c, i: c("ec2").create_vpc(CidrBlock="10.96.0.0/16"),
    "makes a target group": _listener,
    "makes a state machine": _machine,
    "makes a task definition": _task,
    "subscribes": _subscription,
    "filters metrics": _metric_filter,
    "makes a maintenance window": _entry_window,
    "makes a patch baseline": lambda c, i: c("ssm").create_patch_baseline(Name=i.name("b")),
    "checks health": _health,
    "makes a bus": lambda c, i: c("events").create_event_bus(Name=i.name("b")),
    "makes a stream": lambda c, i: c("kinesis").create_stream(StreamName=i.name("s"), ShardCount=1),
    "makes an access point": lambda c, i: c("s3control").create_access_point(
        AccountId=c("sts").get_caller_identity()["Account"], Name=i.name("ap"), Bucket=i.bucket
    ),
    "makes a second factor": lambda c, i: c("iam").create_virtual_mfa_device(VirtualMFADeviceName=i.name("mfa")),
    "makes a provider of identities": lambda c, i: c("iam").create_open_id_connect_provider(
        Url=f"https://{i.name('idp')}.example", ThumbprintList=["a" * 40]
    ),
    "makes a queue of backups": lambda c, i: c("backup").create_backup_vault(BackupVaultName=i.name("v")),
    "makes a group of resources": lambda c, i: c("resource-groups").create_group(
        Name=i.name("rg"), ResourceQuery={"Type": "TAG_FILTERS_1_0", "Query": QUERY}
    ),
    "makes a schedule group": lambda c, i: c("scheduler").create_schedule_group(Name=i.name("sg")),
}  # fmt: skip
"""By what it is; each leaves something of another type."""
