"""Somebody who makes one of many things in an account, tied together as players tie them."""

from __future__ import annotations

import json

from range.cloud.sessions import Account

_ANYONE = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
)
_ANYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})


def make_network(account: Account, block: str = "10.9") -> str:
    """Make a VPC in which everything holds on to something else, in `block`.0.0/16; gives its id."""
    call = account.call
    vpc = str(call("ec2", "create_vpc", CidrBlock=f"{block}.0.0/16")["Vpc"]["VpcId"])
    subnet = call("ec2", "create_subnet", VpcId=vpc, CidrBlock=f"{block}.1.0/24")["Subnet"]["SubnetId"]
    one, two = (
        call("ec2", "create_security_group", VpcId=vpc, GroupName=name, Description=name)["GroupId"]
        for name in ("one", "two")
    )
    for group, named in ((one, two), (two, one)):
        rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": named}]}
        call("ec2", "authorize_security_group_ingress", GroupId=group, IpPermissions=[rule])
    gateway = call("ec2", "create_internet_gateway")["InternetGateway"]["InternetGatewayId"]
    call("ec2", "attach_internet_gateway", InternetGatewayId=gateway, VpcId=vpc)
    table = call("ec2", "create_route_table", VpcId=vpc)["RouteTable"]["RouteTableId"]
    call("ec2", "associate_route_table", RouteTableId=table, SubnetId=subnet)
    call("ec2", "create_route", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    acl = call("ec2", "create_network_acl", VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    everywhere = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    call("ec2", "create_network_acl_entry", NetworkAclId=acl, RuleNumber=100, Egress=True, **everywhere)
    image = call("ec2", "register_image", Name=f"image-{vpc}")["ImageId"]
    call("ec2", "describe_images", ImageIds=[image])  # it is pending until somebody looks
    groups = {"SubnetId": subnet, "SecurityGroupIds": [one]}
    call("ec2", "run_instances", ImageId=image, MinCount=1, MaxCount=1, DisableApiTermination=True, **groups)
    call("ec2", "create_network_interface", SubnetId=subnet, Groups=[two])
    call("ec2", "create_vpc_endpoint", VpcId=vpc, ServiceName="com.amazonaws.eu-west-2.s3", VpcEndpointType="Gateway")
    return vpc


def make_belongings(account: Account) -> None:
    """Make what players make outside of networks."""
    call = account.call
    where = {"LocationConstraint": account.region}
    call("s3", "create_bucket", Bucket="loot", CreateBucketConfiguration=where)
    call("s3", "put_bucket_versioning", Bucket="loot", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"first", b"second"):
        call("s3", "put_object", Bucket="loot", Key="key", Body=body)
    call("s3", "delete_object", Bucket="loot", Key="key")
    call("iam", "create_role", RoleName="backdoor", AssumeRolePolicyDocument=_ANYONE)
    call("iam", "put_role_policy", RoleName="backdoor", PolicyName="inline", PolicyDocument=_ANYTHING)
    policy = call("iam", "create_policy", PolicyName="managed", PolicyDocument=_ANYTHING)["Policy"]["Arn"]
    call("iam", "attach_role_policy", RoleName="backdoor", PolicyArn=policy)
    call("iam", "create_instance_profile", InstanceProfileName="profile")
    call("iam", "add_role_to_instance_profile", InstanceProfileName="profile", RoleName="backdoor")
    call("iam", "create_user", UserName="mallory")
    call("iam", "create_access_key", UserName="mallory")
    call("iam", "create_login_profile", UserName="mallory", Password="Corr3ct-horse")
    call("iam", "create_group", GroupName="crew")
    call("iam", "add_user_to_group", GroupName="crew", UserName="mallory")
    key = call("kms", "create_key")["KeyMetadata"]["KeyId"]
    call("kms", "create_alias", AliasName="alias/mine", TargetKeyId=key)
    call("sqs", "create_queue", QueueName="queue")
    call("sns", "create_topic", Name="topic")
    call("logs", "create_log_group", logGroupName="/theirs")
    call("secretsmanager", "create_secret", Name="secret", SecretString="value")
    call("events", "put_rule", Name="rule", ScheduleExpression="rate(1 day)")
    call(
        "dynamodb",
        "create_table",
        TableName="table",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
    )
    volume = call("ec2", "create_volume", AvailabilityZone=f"{account.region}a", Size=8)["VolumeId"]
    call("ec2", "create_snapshot", VolumeId=volume)
    zone = call("route53", "create_hosted_zone", Name="theirs.example", CallerReference="once")["HostedZone"]["Id"]
    record = {"Name": "a.theirs.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    call("route53", "change_resource_record_sets", HostedZoneId=zone, ChangeBatch=changes)
