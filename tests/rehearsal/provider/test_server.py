"""The provider as an engine meets it, over gRPC: who acts is told by the connection, and failures carry AWS's own words."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from range.rehearsal.provider.server import serve
from range.rehearsal.provider.wire import decode, encode
from tests.rehearsal.provider.bench import ALLY, HUB, MANAGEMENT, REGION, Bench
from tests.rehearsal.provider.samples import SAMPLES

_VPC = "aws:ec2/vpc:Vpc"
_SUBNET = "aws:ec2/subnet:Subnet"
_ROLE = "arn:aws:iam::{}:role/OrganizationAccountAccessRole"


class Engine:
    """One explicit provider of an engine: a connection of its own."""

    def __init__(self, port: int, **config: Any) -> None:
        """Connect, and configure the provider."""
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)])
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self.stub.Configure(provider_pb2.ConfigureRequest(name="aws", args=encode(config)))

    def check(self, token: str, **given: Any) -> Any:
        """Have inputs checked."""
        return self.stub.Check(
            provider_pb2.CheckRequest(
                urn=f"urn::{token}::it", type=token, name="it", news=encode(given), randomSeed=b"1"
            )
        )

    def create(self, token: str, preview: bool = False, **given: Any) -> Any:
        """Check, then create."""
        checked = self.check(token, **given)
        assert not checked.failures
        request = provider_pb2.CreateRequest(type=token, name="it", properties=checked.inputs, preview=preview)
        return self.stub.Create(request)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()


@pytest.fixture
def bench() -> Bench:
    return Bench(SAMPLES)


@pytest.fixture
def port(bench: Bench) -> Iterator[int]:
    server, port = serve(bench.cloud)
    yield port
    server.stop(0).wait()


def _acting_in(account: str, **more: Any) -> dict[str, Any]:
    return {
        "region": REGION,
        "assumeRoles": json.dumps([{"roleArn": _ROLE.format(account), "sessionName": "test"}]),
        **more,
    }


def _refusal(error: pytest.ExceptionInfo[Any]) -> str:
    return str(error.value.details())


def test_two_connections_act_in_two_accounts(bench: Bench, port: int) -> None:
    hub, ally = Engine(port, **_acting_in(HUB)), Engine(port, **_acting_in(ALLY))

    one = hub.create(_VPC, cidrBlock="10.1.0.0/16")
    other = ally.create(_VPC, cidrBlock="10.2.0.0/16")

    assert decode(one.properties).values["ownerId"] == HUB
    assert decode(other.properties).values["ownerId"] == ALLY
    assert bench.client("ec2", HUB).describe_vpcs(VpcIds=[one.id])["Vpcs"]


def test_many_connections_at_once_dont_mix_accounts_up(bench: Bench, port: int) -> None:
    owners: dict[str, set[str]] = {HUB: set(), ALLY: set(), MANAGEMENT: set()}

    def make(account: str) -> None:
        engine = Engine(port, **(_acting_in(account) if account != MANAGEMENT else {"region": REGION}))
        for number in range(3):
            made = engine.create(_VPC, cidrBlock=f"10.{number}.0.0/16")
            owners[account].add(decode(made.properties).values["ownerId"])

    threads = [threading.Thread(target=make, args=(account,)) for account in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert owners == {account: {account} for account in owners}


def test_a_role_that_nobody_may_assume_is_reported_with_awss_code(port: int) -> None:
    with pytest.raises(grpc.RpcError) as error:
        Engine(
            port, region=REGION, assumeRoles=[{"roleArn": f"arn:aws:iam::{ALLY}:role/nobody", "sessionName": "test"}]
        )

    assert "configuring the AWS provider aws: assuming IAM Role" in _refusal(error)
    assert "AssumeRole: AccessDenied" in _refusal(error)


def test_an_account_that_isnt_allowed_is_refused(port: int) -> None:
    with pytest.raises(grpc.RpcError) as error:
        Engine(port, **_acting_in(ALLY, allowedAccountIds=[HUB]))

    assert f"AWS account ID not allowed: {ALLY}" in _refusal(error)


def test_a_provider_input_that_isnt_carried_out_is_refused_by_name(port: int) -> None:
    stub = Engine(port, region=REGION).stub
    news = encode({"region": REGION, "endpoints": "[]", "assumeRoles": '[{"role_arn": "x"}]'})

    found = stub.CheckConfig(provider_pb2.CheckRequest(news=news))

    assert [failure.property for failure in found.failures] == ["endpoints", "assumeRoles.role_arn"]
    assert "did you mean roleArn" in found.failures[1].reason


def test_another_region_is_another_provider(port: int) -> None:
    stub = Engine(port, region=REGION).stub
    olds, news = encode({"region": REGION}), encode({"region": "eu-west-1"})

    assert list(stub.DiffConfig(provider_pb2.DiffRequest(olds=olds, news=news)).replaces) == ["region"]


def test_a_type_that_isnt_served_is_refused_in_check(port: int) -> None:
    found = Engine(port, region=REGION).check("aws:sqs/queue:Queue")

    assert "doesn't serve aws:sqs/queue:Queue" in found.failures[0].reason


def test_a_failure_says_what_was_done_to_which_and_awss_code_and_message(port: int) -> None:
    engine = Engine(port, **_acting_in(ALLY))
    vpc = engine.create(_VPC, cidrBlock="10.1.0.0/16")
    engine.create(_SUBNET, vpcId=vpc.id, cidrBlock="10.1.1.0/24")

    with pytest.raises(grpc.RpcError) as error:
        engine.create(_SUBNET, vpcId=vpc.id, cidrBlock="10.1.1.0/25")

    assert _refusal(error).startswith(
        "creating EC2 Subnet (it): CreateSubnet: InvalidSubnet.Conflict: The CIDR '10.1.1.0/25'"
    )
    assert error.value.code() is grpc.StatusCode.FAILED_PRECONDITION


def test_a_resource_that_came_out_half_made_is_handed_over_with_its_id(port: int) -> None:
    engine = Engine(port, **_acting_in(ALLY))

    with pytest.raises(grpc.RpcError) as error:
        engine.create("aws:iam/instanceProfile:InstanceProfile", name="host", role="nobody")

    assert "AddRoleToInstanceProfile: NoSuchEntity" in _refusal(error)
    detail = _half_made(error.value)
    assert detail.id == "host"
    assert decode(detail.properties).values["arn"].endswith("instance-profile/host")
    assert decode(detail.properties).values.get("role") is None


def _half_made(error: Any) -> Any:
    sent = dict(error.trailing_metadata())["grpc-status-details-bin"]
    detail = provider_pb2.ErrorResourceInitFailed()
    status_pb2.Status.FromString(sent).details[0].Unpack(detail)
    return detail


def test_a_secret_comes_back_as_one_and_is_in_no_message(bench: Bench, port: int) -> None:
    engine = Engine(port, **_acting_in(ALLY))
    secret = engine.create("aws:secretsmanager/secret:Secret", name="est", recoveryWindowInDays=0)
    version = "aws:secretsmanager/secretVersion:SecretVersion"

    made = engine.create(version, secretId=secret.id, secretString="correct horse")
    with pytest.raises(grpc.RpcError) as error:
        engine.create(version, secretId="arn:aws:secretsmanager:eu-west-2:1:secret:gone", secretString="correct horse")

    assert decode(made.properties).secrets == {"secretString"}
    assert "horse" not in _refusal(error)


def test_a_preview_knows_what_the_program_says_and_makes_nothing(bench: Bench, port: int) -> None:
    engine = Engine(port, **_acting_in(ALLY))
    before = bench.client("ec2").describe_vpcs()["Vpcs"]

    found = decode(engine.create(_VPC, preview=True, cidrBlock="10.1.0.0/16").properties).values

    assert found["cidrBlock"] == "10.1.0.0/16"
    assert str(found["arn"]) == "<not known yet>"
    assert bench.client("ec2").describe_vpcs()["Vpcs"] == before


def test_a_read_of_what_is_gone_gives_no_id(port: int) -> None:
    engine = Engine(port, **_acting_in(ALLY))

    found = engine.stub.Read(provider_pb2.ReadRequest(id="vpc-00000000000000000", type=_VPC, name="it"))

    assert found.id == ""


def test_an_import_gives_the_inputs_that_would_make_it(port: int) -> None:
    engine = Engine(port, **_acting_in(ALLY))
    made = engine.create(_VPC, cidrBlock="10.1.0.0/16", enableDnsHostnames=True, tags={"Name": "net"})

    found = engine.stub.Read(provider_pb2.ReadRequest(id=made.id, type=_VPC, name="it"))

    assert found.id == made.id
    assert decode(found.inputs).values == {
        "cidrBlock": "10.1.0.0/16",
        "enableDnsHostnames": True,
        "region": REGION,
        "tags": {"Name": "net"},
        "tagsAll": {"Name": "net"},
    }


def test_a_cancelled_engine_waits_for_nothing(bench: Bench, port: int) -> None:
    engine = Engine(port, **_acting_in(ALLY))
    vpc = engine.create(_VPC, cidrBlock="10.1.0.0/16")
    bench.client("ec2").create_security_group(GroupName="in the way", Description="in the way", VpcId=vpc.id)

    waiting = engine.stub.Delete.future(
        provider_pb2.DeleteRequest(id=vpc.id, type=_VPC, name="it", properties=vpc.properties)
    )
    engine.stub.Cancel(Empty())

    with pytest.raises(grpc.RpcError) as error:
        waiting.result()
    assert error.value.code() is grpc.StatusCode.CANCELLED


def test_a_question_nobody_answers_is_refused_by_name(port: int) -> None:
    engine = Engine(port, **_acting_in(ALLY))
    request = provider_pb2.InvokeRequest(tok="aws:ec2/getVpcs:getVpcs")

    with pytest.raises(grpc.RpcError) as error:
        engine.stub.Invoke(request)

    assert "doesn't serve the function aws:ec2/getVpcs:getVpcs" in _refusal(error)


@pytest.mark.parametrize(
    ("token", "given", "name"),
    [
        ("aws:index/getCallerIdentity:getCallerIdentity", {}, "accountId"),
        ("aws:index/getPartition:getPartition", {}, "partition"),
        ("aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"}, "zoneIds"),
        ("aws:organizations/getOrganization:getOrganization", {}, "masterAccountId"),
        ("aws:secretsmanager/getRandomPassword:getRandomPassword", {"passwordLength": 20}, "randomPassword"),
    ],
)
def test_questions_are_answered(port: int, token: str, given: dict[str, Any], name: str) -> None:
    engine = Engine(port, **_acting_in(ALLY))

    answer = getattr(engine.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=encode(given))), "return")

    assert decode(answer).values[name]


def test_the_schema_describes_what_is_served(port: int) -> None:
    schema = json.loads(Engine(port, region=REGION).stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)

    assert schema["resources"][_SUBNET]["requiredInputs"] == ["vpcId"]
    assert schema["resources"][_VPC]["inputProperties"]["enableDnsSupport"] == {"type": "boolean"}


def test_a_port_in_use_is_an_os_error(bench: Bench, port: int) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        serve(bench.cloud, port)
