"""What was answered is there after the next start, as it was."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from range.errors import Busy, RangeError
from range.rehearsal.door import Cloud
from range.rehearsal.keeping.keeper import Keeper
from range.rehearsal.keeping.pickles import Place, dumped, place_of
from range.rehearsal.keeping.reach import every_kind, extras
from range.rehearsal.keeping.store import Store
from tests.rehearsal.conftest import EST, HUB, MANAGEMENT, POL, REGION, RELAY, Exercise
from tests.rehearsal.test_launches import DEBIAN

Look = Callable[[Exercise], Any]
Make = Callable[[Exercise], Look]


def restarted(exercise: Exercise) -> None:
    """End the cloud the hard way, without a word, and open it again from its folder."""
    home = exercise.cloud.home
    exercise.cloud.close()
    RELAY.cloud = exercise.cloud = Cloud(home)


def plain(answer: Any) -> str:
    """Write an answer without what differs from call to call."""
    return json.dumps(
        {key: value for key, value in answer.items() if key != "ResponseMetadata"}, default=str, sort_keys=True
    )


def rsa_key(exercise: Exercise) -> Look:
    key = exercise.client("kms").create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    return lambda later: later.client("kms").get_public_key(KeyId=key)


def elliptic_key(exercise: Exercise) -> Look:
    key = exercise.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    return lambda later: later.client("kms").get_public_key(KeyId=key)


def ciphertext(exercise: Exercise) -> Look:
    kms = exercise.client("kms")
    blob = kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], Plaintext=b"steadfast")["CiphertextBlob"]
    return lambda later: later.client("kms").decrypt(CiphertextBlob=blob)


def versions_of_an_object(exercise: Exercise) -> Look:
    s3 = exercise.client("s3")
    s3.create_bucket(Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="evidence", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(Bucket="evidence", Key="a/b", Body=body)
    return lambda later: later.client("s3").list_object_versions(Bucket="evidence")


def messages(exercise: Exercise) -> Look:
    sqs = exercise.client("sqs")
    url = sqs.create_queue(QueueName="alerts")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="alert")
    return lambda later: later.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])


def parameters(exercise: Exercise) -> Look:
    exercise.client("ssm").put_parameter(Name="/range/a", Value="1", Type="String")
    return lambda later: later.client("ssm").get_parameter_history(Name="/range/a")


def secrets(exercise: Exercise) -> Look:
    exercise.client("secretsmanager").create_secret(Name="key", SecretString="hush")
    return lambda later: later.client("secretsmanager").get_secret_value(SecretId="key")


def instances(exercise: Exercise) -> Look:
    ec2 = exercise.client("ec2")
    image = ec2.describe_images(**DEBIAN)["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, InstanceType="t3.micro")
    return lambda later: {
        "instances": later.client("ec2").describe_instances()["Reservations"],
        "volumes": later.client("ec2").describe_volumes()["Volumes"],
        "interfaces": later.client("ec2").describe_network_interfaces()["NetworkInterfaces"],
        "images": later.client("ec2").describe_images(ImageIds=[image])["Images"],
    }


def default_vpcs_that_were_only_looked_at(exercise: Exercise) -> Look:
    exercise.client("ec2", HUB, "eu-west-1").describe_vpcs()
    return lambda later: later.client("ec2", HUB, "eu-west-1").describe_subnets()


def an_attached_gateway(exercise: Exercise) -> Look:
    exercise.client("ram", MANAGEMENT).enable_sharing_with_aws_organization()
    hub = exercise.client("ec2", HUB)
    gateway = hub.create_transit_gateway()["TransitGateway"]
    hub.describe_transit_gateways()
    arns = {"resourceArns": [gateway["TransitGatewayArn"]], "principals": [EST]}
    exercise.client("ram", HUB).create_resource_share(name="gateway", **arns)
    ec2 = exercise.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway["TransitGatewayId"], VpcId=vpc, SubnetIds=[subnet]
    )
    return lambda later: later.client("ec2").describe_transit_gateway_attachments()


def a_policy_on_an_account(exercise: Exercise) -> Look:
    organizations = exercise.client("organizations", MANAGEMENT)
    content = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "account:*", "Resource": "*"}}'
    policy = organizations.create_policy(Name="p", Description="", Type="SERVICE_CONTROL_POLICY", Content=content)
    known = policy["Policy"]["PolicySummary"]["Id"]
    organizations.enable_policy_type(
        RootId=organizations.list_roots()["Roots"][0]["Id"], PolicyType="SERVICE_CONTROL_POLICY"
    )
    organizations.attach_policy(PolicyId=known, TargetId=EST)
    return lambda later: later.client("organizations", MANAGEMENT).list_targets_for_policy(PolicyId=known)


@pytest.mark.parametrize(
    "make",
    [
        rsa_key,
        elliptic_key,
        ciphertext,
        versions_of_an_object,
        messages,
        parameters,
        secrets,
        instances,
        default_vpcs_that_were_only_looked_at,
        an_attached_gateway,
        a_policy_on_an_account,
    ],
    ids=lambda make: make.__name__,
)
def test_it_looks_the_same_after_a_start(kept_exercise: Exercise, make: Make) -> None:
    look = make(kept_exercise)
    before = plain(look(kept_exercise))

    restarted(kept_exercise)

    assert plain(look(kept_exercise)) == before


def test_sessions_and_the_operator_go_on(kept_exercise: Exercise) -> None:
    before = [kept_exercise.client("sts", account).get_caller_identity()["Arn"] for account in (MANAGEMENT, EST)]

    restarted(kept_exercise)

    after = [kept_exercise.client("sts", account).get_caller_identity()["Arn"] for account in (MANAGEMENT, EST)]
    assert after == before
    assert kept_exercise.cloud.operator() == kept_exercise.operator


def test_bucket_names_stay_taken(kept_exercise: Exercise, refused: Callable[[str], Any]) -> None:
    place = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    kept_exercise.client("s3").create_bucket(Bucket="evidence", **place)

    restarted(kept_exercise)

    with refused("BucketAlreadyExists"):
        kept_exercise.client("s3", POL).create_bucket(Bucket="evidence", **place)


def test_what_two_accounts_share_is_still_one_thing(kept_exercise: Exercise) -> None:
    vpcs = {}
    for account, block in ((EST, "10.1.0.0/16"), (POL, "10.2.0.0/16")):
        vpcs[account] = kept_exercise.client("ec2", account).create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
    peering = kept_exercise.client("ec2").create_vpc_peering_connection(
        VpcId=vpcs[EST], PeerVpcId=vpcs[POL], PeerOwnerId=POL
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    restarted(kept_exercise)

    kept_exercise.client("ec2", POL).accept_vpc_peering_connection(VpcPeeringConnectionId=peering)

    seen = [
        kept_exercise.client("ec2", account).describe_vpc_peering_connections()["VpcPeeringConnections"][0]
        for account in (EST, POL)
    ]
    assert [each["Status"]["Code"] for each in seen] == ["active", "active"]
    restarted(kept_exercise)
    later = kept_exercise.client("ec2").describe_vpc_peering_connections()["VpcPeeringConnections"][0]
    assert later["Status"]["Code"] == "active"


def test_instances_leave_the_addresses_of_their_subnet_when_they_go(kept_exercise: Exercise) -> None:
    ec2 = kept_exercise.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/28")["Subnet"]["SubnetId"]
    image = ec2.describe_images(**DEBIAN)["Images"][0]["ImageId"]
    launch = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "SubnetId": subnet, "InstanceType": "t3.micro"}
    known = ec2.run_instances(**launch, PrivateIpAddress="10.1.0.10")["Instances"][0]["InstanceId"]
    restarted(kept_exercise)

    ec2.terminate_instances(InstanceIds=[known])
    assert ec2.describe_instances()["Reservations"][0]["Instances"][0]["State"]["Name"] == "terminated"

    again = ec2.run_instances(**launch, PrivateIpAddress="10.1.0.10")["Instances"][0]
    assert again["PrivateIpAddress"] == "10.1.0.10"


def kept_pickles(exercise: Exercise) -> dict[Place, bytes]:
    """Read what the file has."""
    store = exercise.cloud._keeper._store
    assert store is not None
    return dict(store)


def pickles_of_everything() -> Iterator[tuple[Place, bytes]]:
    """Pickle every backend of the process, as if all had changed."""
    for backends in every_kind():
        for _, _, backend in backends.iter_backends():
            yield place_of(backend), dumped(vars(backend))
        if beside := extras(backends):
            yield Place(place_of(backend).kind, "", ""), dumped(beside)


class Somebody:
    """An account that does this and that."""

    def __init__(self, exercise: Exercise, chance: random.Random, number: int) -> None:
        """Choose an account, and names that nobody has."""
        self.account = chance.choice((HUB, EST, POL))
        self.name, self.number = f"n{number}-{self.account}", number
        self.exercise = exercise
        self.ec2 = exercise.client("ec2", self.account)
        vpcs = [vpc["VpcId"] for vpc in self.ec2.describe_vpcs()["Vpcs"]]
        self.vpc, self.other_vpc = chance.choice(vpcs), chance.choice(vpcs)

    def client(self, service: str) -> Any:
        """Give a client of the account."""
        return self.exercise.client(service, self.account)

    def manager(self, service: str) -> Any:
        """Give a client of the management account."""
        return self.exercise.client(service, MANAGEMENT)


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
CALLS: tuple[Callable[[Somebody], Any], ...] = (
    lambda who: who.ec2.create_vpc(CidrBlock="10.1.0.0/16"),
    lambda who: who.ec2.create_subnet(VpcId=who.vpc, CidrBlock=f"10.1.{who.number % 250}.0/24"),
    lambda who: who.ec2.delete_vpc(VpcId=who.vpc),
    lambda who: who.ec2.create_security_group(GroupName=who.name, Description="d", VpcId=who.vpc),
    lambda who: who.ec2.create_tags(Resources=[who.vpc], Tags=[{"Key": who.name, "Value": ""}]),
    lambda who: who.ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType="t3.micro"),
    lambda who: who.ec2.create_volume(AvailabilityZone="eu-west-2a", Size=1, Encrypted=True),
    lambda who: who.ec2.create_transit_gateway(),
    lambda who: who.ec2.create_vpc_endpoint(
        VpcId=who.vpc, ServiceName="com.amazonaws.eu-west-2.s3", VpcEndpointType="Gateway"
    ),
    lambda who: who.ec2.create_vpc_peering_connection(VpcId=who.vpc, PeerVpcId=who.other_vpc),
    lambda who: who.client("iam").create_role(RoleName=who.name, AssumeRolePolicyDocument=TRUST),
    lambda who: who.client("kms").create_key(),
    lambda who: who.client("s3").create_bucket(
        Bucket=who.name, CreateBucketConfiguration={"LocationConstraint": REGION}
    ),
    lambda who: who.client("logs").create_log_group(logGroupName=who.name),
    lambda who: who.client("secretsmanager").create_secret(Name=who.name, SecretString="s"),
    lambda who: who.client("route53").create_hosted_zone(
        Name=f"{who.name}.range", CallerReference=who.name, VPC={"VPCRegion": REGION, "VPCId": who.vpc}
    ),
    lambda who: who.client("route53resolver").create_firewall_rule_group(CreatorRequestId=who.name, Name=who.name),
    lambda who: who.manager("sts").assume_role(
        RoleArn=f"arn:aws:iam::{who.account}:role/OrganizationAccountAccessRole", RoleSessionName=who.name
    ),
    lambda who: who.manager("organizations").create_policy(
        Name=who.name, Description="", Type="SERVICE_CONTROL_POLICY", Content="{}"
    ),
    lambda who: who.client("ram").create_resource_share(name=who.name),
    lambda who: who.client("sqs").create_queue(QueueName=who.name),
    lambda who: who.client("sns").create_topic(Name=who.name),
    lambda who: who.client("ssm").put_parameter(Name=who.name, Value="v", Type="SecureString"),
    lambda who: who.client("events").put_rule(Name=who.name, ScheduleExpression="rate(1 day)"),
    lambda who: who.client("elbv2").create_target_group(Name=who.name, Protocol="TCP", Port=1, VpcId=who.vpc),
)


@pytest.mark.parametrize("seed", range(3))
def test_after_every_call_the_file_has_everything(kept_exercise: Exercise, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(60):
        try:
            chance.choice(CALLS)(Somebody(kept_exercise, chance, number))
        except ClientError:
            continue  # refused; what it may have changed before that goes into the file with the next call

        stored = kept_pickles(kept_exercise)
        behind = [place for place, pickled in pickles_of_everything() if stored.get(place) != pickled]
        assert behind == []


def test_a_folder_is_one_rehearsals(kept_exercise: Exercise) -> None:
    home = kept_exercise.cloud.home
    assert home is not None

    with pytest.raises(Busy, match=f"another rehearsal cloud runs .*pid {os.getpid()}"):
        Store(home, "any")


def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"no database, and long enough to be taken for one " * 40)

    with pytest.raises(RangeError, match=r"state\.sqlite can't be used") as raised:
        Store(tmp_path, "any")
    assert "move the folder away" in str(raised.value.hint)


def test_a_file_of_another_version_is_refused_and_named(tmp_path: Path) -> None:
    Store(tmp_path, "moto 1, format 1").close()

    with pytest.raises(RangeError, match="was made with moto 1, format 1"):
        Cloud(tmp_path)


def test_what_cannot_be_written_is_not_forgotten(kept_exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper: Keeper = kept_exercise.cloud._keeper
    assert keeper._store is not None
    ec2 = kept_exercise.client("ec2")
    ec2.describe_vpcs()

    def full(_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(keeper._store, "write", full)
        with pytest.raises(ClientError, match="no space left"):
            ec2.create_vpc(CidrBlock="10.1.0.0/16")
    ec2.create_vpc(CidrBlock="10.2.0.0/16")
    before = ec2.describe_vpcs()["Vpcs"]

    restarted(kept_exercise)

    assert ec2.describe_vpcs()["Vpcs"] == before


def test_a_full_disk_is_told_to_the_client_with_what_to_do(kept_exercise: Exercise) -> None:
    keeper: Keeper = kept_exercise.cloud._keeper
    assert keeper._store is not None
    ec2 = kept_exercise.client("ec2")
    ec2.describe_vpcs()
    keeper._store._connection.execute("PRAGMA max_page_count = 1")

    def fill() -> None:
        for number in range(64):
            ec2.create_security_group(GroupName=f"g{number}", Description="d" * 200)

    with pytest.raises(ClientError, match=r"disk is full\n.*make room on the disk") as refused:
        fill()

    assert refused.value.response["Error"]["Code"] == "InternalFailure"
    keeper._store._connection.execute("PRAGMA max_page_count = 1000000")
    ec2.describe_vpcs()
