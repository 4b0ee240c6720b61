"""Images and launches: what is launched looks as AWS makes it look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.rehearsal.conftest import EST, POL, Exercise

Client = Callable[..., Any]
Refused = Callable[[str], Any]
DEBIAN = {"Owners": ["136693071363"], "Filters": [{"Name": "name", "Values": ["debian-13-amd64-20251117-2299"]}]}


@pytest.fixture
def image(ec2: Any) -> Any:
    """Debian 13, as the exercise file names it."""
    return ec2.describe_images(**DEBIAN)["Images"][0]


@pytest.fixture
def launch(ec2: Any, image: Any, subnet: str) -> Callable[..., Any]:
    """Launches one instance and gives it as it is seen next."""

    def launched(**fields: Any) -> Any:
        parameters = {"ImageId": image["ImageId"], "InstanceType": "t3.micro", "SubnetId": subnet, **fields}
        made = ec2.run_instances(MinCount=1, MaxCount=1, **parameters)["Instances"][0]
        assert made["State"]["Name"] == "pending"
        seen = ec2.describe_instances(InstanceIds=[made["InstanceId"]])
        return seen["Reservations"][0]["Instances"][0]

    return launched


def test_an_image_of_a_publisher_is_found_by_its_exact_name(ec2: Any, image: Any) -> None:
    assert (image["OwnerId"], image["Architecture"], image["RootDeviceName"]) == ("136693071363", "x86_64", "/dev/xvda")
    assert image["Public"]
    assert ec2.describe_images(ImageIds=[image["ImageId"]])["Images"] == [image]


def test_it_is_the_same_image_in_every_account_and_another_in_every_region(client: Client, image: Any) -> None:
    elsewhere = client("ec2", POL).describe_images(**DEBIAN)["Images"][0]
    far = client("ec2", EST, "eu-west-1").describe_images(**DEBIAN)["Images"][0]

    assert elsewhere["ImageId"] == image["ImageId"] != far["ImageId"]


@pytest.mark.parametrize("name", ["debian-13-amd64-yesterday", "debian-13-*", "ubuntu"])
def test_a_name_that_the_publisher_would_not_use_finds_nothing(ec2: Any, name: str) -> None:
    wanted = {**DEBIAN, "Filters": [{"Name": "name", "Values": [name]}]}

    assert ec2.describe_images(**wanted)["Images"] == []


def test_nobody_deletes_a_public_image(ec2: Any, image: Any, refused: Refused) -> None:
    with refused("AuthFailure"):
        ec2.deregister_image(ImageId=image["ImageId"])


@pytest.mark.parametrize(
    ("image_id", "code"), [("ami-00000000000000000", "InvalidAMIID.NotFound"), ("debian", "InvalidAMIID.Malformed")]
)
def test_only_what_is_an_image_is_launched(ec2: Any, refused: Refused, image_id: str, code: str) -> None:
    with refused(code):
        ec2.run_instances(ImageId=image_id, MinCount=1, MaxCount=1)


def test_the_root_volume_is_the_images_unless_asked_otherwise(ec2: Any, launch: Callable[..., Any], image: Any) -> None:
    plain = launch()
    larger = launch(BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 16}}])

    volumes = [
        ec2.describe_volumes(VolumeIds=[instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]])["Volumes"][0]
        for instance in (plain, larger)
    ]
    snapshot = image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    assert [(each["Size"], each["VolumeType"], each["SnapshotId"]) for each in volumes] == [
        (8, "gp3", snapshot),
        (16, "gp3", snapshot),
    ]
    assert all(each["BlockDeviceMappings"][0]["Ebs"]["DeleteOnTermination"] for each in (plain, larger))


def test_an_instance_in_a_private_subnet_has_no_public_address(launch: Callable[..., Any]) -> None:
    instance = launch(PrivateIpAddress="10.1.0.10")

    assert instance["PrivateIpAddress"] == "10.1.0.10"
    assert "PublicIpAddress" not in instance


def test_defaults_of_the_account_count_unless_asked_otherwise(
    client: Client, ec2: Any, launch: Callable[..., Any]
) -> None:
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=2)
    ec2.enable_ebs_encryption_by_default()
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)

    by_default = launch()
    asked = launch(MetadataOptions={"HttpTokens": "optional"})

    volume = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [by_default["InstanceId"]]}])[
        "Volumes"
    ][0]
    assert (volume["Encrypted"], volume["KmsKeyId"]) == (True, key)
    options = [each["MetadataOptions"] for each in (by_default, asked)]
    assert [(each["HttpTokens"], each["HttpPutResponseHopLimit"]) for each in options] == [
        ("required", 2),
        ("optional", 2),
    ]


def test_everything_that_a_launch_makes_is_tagged_and_goes_with_it(ec2: Any, launch: Callable[..., Any]) -> None:
    kinds = ("instance", "volume", "network-interface")
    tags = [{"ResourceType": kind, "Tags": [{"Key": "made", "Value": kind}]} for kind in kinds]

    instance = launch(TagSpecifications=tags)

    seen = {tag["ResourceType"]: tag["Value"] for tag in ec2.describe_tags()["Tags"] if tag["Key"] == "made"}
    assert seen == {kind: kind for kind in kinds}
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    assert ec2.describe_volumes()["Volumes"] == ec2.describe_network_interfaces()["NetworkInterfaces"] == []


@pytest.mark.truth("dry-run")
def test_a_dry_run_does_nothing(ec2: Any, image: Any, subnet: str, refused: Refused) -> None:
    with refused("DryRunOperation"):
        ec2.run_instances(ImageId=image["ImageId"], MinCount=1, MaxCount=1, DryRun=True)
    with refused("DryRunOperation"):
        ec2.create_vpc(CidrBlock="10.2.0.0/16", DryRun=True)
    with refused("DryRunOperation"):
        ec2.delete_subnet(SubnetId=subnet, DryRun=True)

    assert ec2.describe_instances()["Reservations"] == []
    assert "10.2.0.0/16" not in {vpc["CidrBlock"] for vpc in ec2.describe_vpcs()["Vpcs"]}
    assert ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]


@pytest.mark.truth("launch-over-quota")
def test_no_more_runs_than_the_quota_that_was_set_allows(
    exercise: Exercise, launch: Callable[..., Any], refused: Refused
) -> None:
    exercise.cloud.set_quotas({"running On-Demand Standard (A C D H I M R T Z) vCPUs": 3})
    launch(InstanceType="t3.micro")

    with refused("VcpuLimitExceeded"):
        launch(InstanceType="t3.micro")
