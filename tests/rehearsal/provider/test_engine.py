"""The real Pulumi engine over the provider: up, nothing to do, drift and refresh, change, replace, import, destroy."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from range.rehearsal.provider.server import serve
from tests.rehearsal.provider.bench import ALLY, REGION, Bench
from tests.rehearsal.provider.samples import SAMPLES

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(300),
    pytest.mark.xdist_group("engine"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]
_ROLE = f"arn:aws:iam::{ALLY}:role/OrganizationAccountAccessRole"


class Program:
    """A VPC, a subnet, a group with a rule and a secret; what a test changes is an attribute."""

    cidr = "10.1.0.0/16"
    hostnames = True
    port = 22
    owner = "est"
    password = "correct horse"

    def __call__(self) -> None:
        """Register the resources."""
        import pulumi
        import pulumi_aws as aws

        provider = aws.Provider(
            "est",
            region=REGION,
            assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=_ROLE, session_name="test")],
            default_tags=aws.ProviderDefaultTagsArgs(tags={"range:ally": self.owner}),
        )
        mine = pulumi.ResourceOptions(provider=provider)
        vpc = aws.ec2.Vpc(
            "net", cidr_block=self.cidr, enable_dns_hostnames=self.hostnames, tags={"Name": "net"}, opts=mine
        )
        aws.ec2.Subnet("targets", vpc_id=vpc.id, cidr_block=self.cidr.replace("/16", "/24"), opts=mine)
        group = aws.ec2.SecurityGroup("targets", vpc_id=vpc.id, opts=mine)
        aws.vpc.SecurityGroupIngressRule(
            "ssh",
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=self.port,
            to_port=self.port,
            cidr_ipv4="10.0.0.0/8",
            opts=mine,
        )
        secret = aws.secretsmanager.Secret("password", recovery_window_in_days=0, opts=mine)
        aws.secretsmanager.SecretVersion(
            "password", secret_id=secret.id, secret_string=pulumi.Output.secret(self.password), opts=mine
        )
        pulumi.export("vpc", vpc.id)
        pulumi.export("group", group.id)


@pytest.fixture
def bench() -> Bench:
    return Bench(SAMPLES)


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.fixture
def stack(bench: Bench, program: Program, tmp_path: Path) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import pulumi_aws  # noqa: F401 what it deprecates of its own isn't this test's affair
    from pulumi import automation

    from range.provision.cli import linked_cli

    (tmp_path / "state").mkdir()
    server, port = serve(bench.cloud)
    environment = {
        "PATH": f"{linked_cli().parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "correct battery",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    options = automation.LocalWorkspaceOptions(
        env_vars=environment,
        work_dir=str(tmp_path),
        pulumi_command=automation.PulumiCommand(str(linked_cli().parent.parent)),
        project_settings=automation.ProjectSettings(
            "bench", "python", backend=automation.ProjectBackend(environment["PULUMI_BACKEND_URL"])
        ),
    )
    yield automation.create_stack("est", "bench", program, opts=options)
    server.stop(1.0).wait()
    with warnings.catch_warnings():
        # The Automation API leaves its event loops to the garbage collector, which would warn in the middle of other tests.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _changes(result: Any) -> dict[str, int]:
    return {name: count for name, count in result.summary.resource_changes.items() if name != "same"}


def test_a_stack_lives_its_whole_life(stack: Any, program: Program, bench: Bench, tmp_path: Path) -> None:
    said: list[str] = []
    assert _changes(stack.up()) == {"create": 8}
    assert "correct horse" not in "".join(path.read_text() for path in (tmp_path / "state").rglob("*.json"))
    assert _changes(stack.up()) == {}
    vpc, ec2 = stack.outputs()["vpc"].value, bench.client("ec2")

    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    rules = ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [stack.outputs()["group"].value]}]
    )
    rule = rules["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    ec2.revoke_security_group_ingress(GroupId=stack.outputs()["group"].value, SecurityGroupRuleIds=[rule])
    assert _changes(stack.refresh(on_output=said.append, color="never")) == {"update": 1, "delete": 1}
    assert "diff: ~enableDnsHostnames" in "".join(said)
    assert _changes(stack.up()) == {"update": 1, "create": 1}
    assert ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]

    program.port, program.owner = 2222, "pol"
    assert _changes(stack.up()) == {"update": 6}
    tags = {item["Key"]: item["Value"] for item in ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]}
    assert tags == {"Name": "net", "range:ally": "pol"}

    program.cidr = "10.2.0.0/16"
    assert _changes(stack.up()) == {"replace": 4}
    assert stack.outputs()["vpc"].value != vpc
    assert _changes(stack.destroy()) == {"delete": 8}
    assert not [found for found in ec2.describe_vpcs()["Vpcs"] if not found["IsDefault"]]


def test_a_failure_names_the_resource_with_awss_code_and_leaves_nothing_pending(
    stack: Any, program: Program, bench: Bench
) -> None:
    from pulumi.automation import CommandError

    program.cidr = "10.1.0.0/8"
    with pytest.raises(CommandError, match=r"creating EC2 VPC \(net\): CreateVpc: InvalidVpc\.Range"):
        stack.up()

    program.cidr = "10.1.0.0/16"
    assert not stack.export_stack().deployment.get("pending_operations")
    assert _changes(stack.up())["create"] >= 4
    stack.destroy()


def test_what_somebody_made_by_hand_is_taken_over(stack: Any, bench: Bench) -> None:
    import pulumi
    import pulumi_aws as aws

    vpc = bench.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]

    def adopt() -> None:
        provider = aws.Provider(
            "est", region=REGION, assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=_ROLE, session_name="test")]
        )
        options = pulumi.ResourceOptions(provider=provider, import_=vpc)
        aws.ec2.Vpc("net", cidr_block="10.9.0.0/16", opts=options)

    stack.workspace.program = adopt

    assert _changes(stack.up()) == {"create": 2, "import": 1}
    assert _changes(stack.up()) == {}


def test_what_isnt_carried_out_stops_a_preview(stack: Any) -> None:
    import pulumi
    import pulumi_aws as aws
    from pulumi.automation import CommandError

    def more() -> None:
        aws.sqs.Queue("queue", opts=pulumi.ResourceOptions(provider=aws.Provider("management", region=REGION)))

    stack.workspace.program = more

    with pytest.raises(CommandError, match="the rehearsal doesn't serve aws:sqs/queue:Queue yet"):
        stack.preview()
