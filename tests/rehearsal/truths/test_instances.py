"""Instances, as AWS refuses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]


@pytest.fixture
def launch(ec2: Any, image: str, subnet: str) -> Callable[..., str]:
    """Launches an instance, with other parameters where they are given, and gives its id."""

    def launched(**more: Any) -> str:
        asked = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "SubnetId": subnet, **more}
        return str(ec2.run_instances(**asked)["Instances"][0]["InstanceId"])

    return launched


@pytest.mark.truth("launch-from-an-unknown-image", "launch-with-an-unknown-key-pair", "launch-of-an-unknown-type")
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"ImageId": "ami-0123456789abcdef0"}, "InvalidAMIID.NotFound"),
        ({"KeyName": "nobody"}, "InvalidKeyPair.NotFound"),
        ({"InstanceType": "t3.gigantic"}, "InvalidParameterValue"),
    ],
)
def test_a_launch_names_what_there_is(
    asked: dict[str, str], code: str, launch: Callable[..., str], refused: Refused
) -> None:
    with refused(code):
        launch(**asked)


@pytest.mark.truth("launch-from-a-pending-image")
def test_a_launch_waits_for_its_image(ec2: Any, launch: Callable[..., str], refused: Refused) -> None:
    golden = ec2.create_image(InstanceId=launch(), Name="golden")["ImageId"]
    with refused("InvalidAMIID.Unavailable"):
        launch(ImageId=golden)

    (seen,) = ec2.describe_images(ImageIds=[golden])["Images"]
    assert (seen["State"], seen["RootDeviceType"]) == ("available", "ebs")
    launch(ImageId=golden)


@pytest.mark.truth("launch-on-another-architecture")
def test_an_image_runs_on_its_own_architecture(launch: Callable[..., str], refused: Refused) -> None:
    with refused("InvalidParameterValue"):
        launch(InstanceType="t4g.micro")

    launch(InstanceType="t3.micro")


@pytest.mark.truth("launch-without-a-network")
def test_a_launch_needs_a_subnet_where_no_default_vpc_is(ec2: Any, image: str, refused: Refused) -> None:
    (default,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    of_it = [{"Name": "vpc-id", "Values": [default["VpcId"]]}]
    for subnet in ec2.describe_subnets(Filters=of_it)["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for gateway in ec2.describe_internet_gateways()["InternetGateways"]:
        ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=default["VpcId"])
    ec2.delete_vpc(VpcId=default["VpcId"])
    with refused("VPCIdNotSpecified"):
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)


@pytest.mark.truth("instance-protected-from-termination")
def test_a_protected_instance_is_not_terminated(ec2: Any, launch: Callable[..., str], refused: Refused) -> None:
    instance = launch(DisableApiTermination=True)
    with refused("OperationNotPermitted"):
        ec2.terminate_instances(InstanceIds=[instance])

    ec2.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": False})
    ec2.terminate_instances(InstanceIds=[instance])


@pytest.mark.truth("instance-protected-from-stopping")
def test_an_instance_protected_from_stopping_is_not_terminated_either(
    ec2: Any, launch: Callable[..., str], refused: Refused
) -> None:
    instance = launch(DisableApiStop=True)
    with refused("OperationNotPermitted"):
        ec2.stop_instances(InstanceIds=[instance])
    with refused("OperationNotPermitted"):
        ec2.terminate_instances(InstanceIds=[instance])


@pytest.mark.truth("instance-terminated-started")
def test_a_terminated_instance_does_not_start_but_terminates_again(
    ec2: Any, launch: Callable[..., str], refused: Refused
) -> None:
    instance = launch()
    ec2.terminate_instances(InstanceIds=[instance])
    with refused("IncorrectInstanceState"):
        ec2.start_instances(InstanceIds=[instance])

    ec2.terminate_instances(InstanceIds=[instance])


@pytest.mark.truth("instance-stopped-rebooted", "instance-changed-while-running")
def test_some_things_need_a_stopped_instance_and_some_a_running_one(
    ec2: Any, launch: Callable[..., str], refused: Refused
) -> None:
    instance = launch()
    with refused("IncorrectInstanceState"):
        ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "t3.small"})
    ec2.stop_instances(InstanceIds=[instance])
    ec2.describe_instances(InstanceIds=[instance])
    with refused("IncorrectState"):
        ec2.reboot_instances(InstanceIds=[instance])

    ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "t3.small"})


@pytest.mark.truth("instance-unknown", "instance-id-malformed")
@pytest.mark.parametrize(
    ("named", "code"),
    [("i-0123456789abcdef0", "InvalidInstanceID.NotFound"), ("instance", "InvalidInstanceID.Malformed")],
)
def test_an_instance_is_named_by_its_id(named: str, code: str, ec2: Any, refused: Refused) -> None:
    with refused(code):
        ec2.describe_instances(InstanceIds=[named])


@pytest.mark.truth("instance-second-profile")
def test_an_instance_has_one_profile(
    clients: Callable[..., Any], ec2: Any, launch: Callable[..., str], refused: Refused
) -> None:
    iam = clients("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    for name in ("one", "two"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
        iam.create_instance_profile(InstanceProfileName=name)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    instance = launch(IamInstanceProfile={"Name": "one"})
    with refused("IncorrectState"):
        ec2.associate_iam_instance_profile(InstanceId=instance, IamInstanceProfile={"Name": "two"})


@pytest.mark.truth("key-pair-twice", "launch-template-twice", "launch-template-unknown")
def test_names_of_key_pairs_and_templates_are_taken_once(ec2: Any, image: str, refused: Refused) -> None:
    ec2.create_key_pair(KeyName="player")
    with refused("InvalidKeyPair.Duplicate"):
        ec2.create_key_pair(KeyName="player")
    ec2.create_launch_template(LaunchTemplateName="host", LaunchTemplateData={"ImageId": image})
    with refused("InvalidLaunchTemplateName.AlreadyExistsException"):
        ec2.create_launch_template(LaunchTemplateName="host", LaunchTemplateData={"ImageId": image})
    with refused("InvalidLaunchTemplateId.NotFound"):
        ec2.delete_launch_template(LaunchTemplateId="lt-0123456789abcdef0")
