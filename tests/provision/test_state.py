"""What the state at a backend knows, read without the CLI."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from range.errors import ProvisionError
from range.provision.project import NAME
from range.provision.state import State, checkpoint, names, of_deployment, register

STACK = "steadfast.est"
PROVIDER = "urn:pulumi:steadfast.est::defence-range::pulumi:providers:aws::hub::0a1b"


def resource(type: str, name: str, id: str = "", **fields: object) -> dict[str, object]:
    """Write a resource as checkpoints do."""
    urn = f"urn:pulumi:{STACK}::{NAME}::{type}::{name}"
    return {"urn": urn, "type": type, "id": id, "custom": not type.startswith("range:"), **fields}


def write(backend: Path, deployment: object, version: int = 3) -> str:
    """Write a checkpoint into a file backend; gives the backend's address."""
    path = backend / ".pulumi" / "stacks" / NAME / f"{STACK}.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"version": version, "checkpoint": {"stack": STACK, "latest": deployment}}))
    return f"file://{backend}"


def test_a_file_backend_s_state_is_read_as_it_is(tmp_path: Path) -> None:
    vpc = resource("aws:ec2/vpc:Vpc", "vpc", "vpc-1", outputs={"arn": "arn:vpc-1"})
    pending = {"resource": resource("aws:ec2/subnet:Subnet", "targets"), "type": "creating"}
    url = write(tmp_path, {"resources": [vpc, resource("range:a:B", "b")], "pending_operations": [pending]})

    state = checkpoint(url, STACK)

    assert state is not None
    assert [known.id for known in state.real] == ["vpc-1"]
    assert [(each.type, each.resource.name) for each in state.pending_operations] == [("creating", "targets")]


def test_a_stack_that_was_never_made_has_an_empty_state(tmp_path: Path) -> None:
    write(tmp_path, {"resources": []})

    assert checkpoint(f"file://{tmp_path}", "steadfast.pol") == State()


@pytest.mark.parametrize("url", ["s3://bucket/path", "https://api.pulumi.com", "file://host/share"])
def test_other_backends_are_left_to_the_cli(url: str) -> None:
    assert checkpoint(url, STACK) is None


def test_stacks_are_named_however_they_are_compressed_and_while_they_are_written(tmp_path: Path) -> None:
    url = write(tmp_path, {})
    folder = tmp_path / ".pulumi" / "stacks" / NAME
    for name in (f"{STACK}.json.attrs", f"{STACK}.json.bak", "steadfast.gone.json.bak", "steadfast.gbr.json.gz"):
        (folder / name).touch()

    assert names(url) == frozenset({STACK, "steadfast.gbr"})


def test_a_backend_that_has_nothing_yet_names_nothing(tmp_path: Path) -> None:
    assert names(f"file://{tmp_path}/new") == frozenset()


def test_stacks_of_other_backends_are_left_to_the_cli() -> None:
    assert names("s3://bucket/path") is None


def used(folder: Path, layout: str = "version: 1\n") -> str:
    """Let the CLI have used a folder; gives the backend's address."""
    (folder / ".pulumi").mkdir()
    (folder / ".pulumi" / "meta.yaml").write_text(layout)
    return f"file://{folder}"


def test_a_stack_is_registered_empty_once(tmp_path: Path) -> None:
    url = used(tmp_path)

    assert register(url, STACK)
    assert (names(url), checkpoint(url, STACK)) == (frozenset({STACK}), State())


def test_a_stack_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    url = used(tmp_path)
    known = write(tmp_path, {"resources": [resource("aws:ec2/vpc:Vpc", "vpc", "vpc-1")]})
    assert known == url

    assert register(url, STACK)
    after = checkpoint(url, STACK)
    assert after is not None
    assert len(after.resources) == 1


def test_its_secrets_are_encrypted_as_those_of_the_exercises_other_stacks(tmp_path: Path) -> None:
    url = used(tmp_path)
    provider = {"type": "passphrase", "state": {"salt": "v1:zsn2grsqENw=:v1:x:y"}}
    manifest = {"time": "2026-11-28T11:40:07Z", "magic": "0815", "version": "3.250.0"}
    write(tmp_path, {"manifest": manifest, "secrets_providers": provider, "resources": [resource("range:a:B", "b")]})
    stacks = tmp_path / ".pulumi" / "stacks" / NAME

    assert register(url, "steadfast.gbr")
    assert register(url, "other.gbr")

    mine, others = (json.loads((stacks / f"{name}.gbr.json").read_bytes()) for name in ("steadfast", "other"))
    assert mine["checkpoint"]["latest"] == {"manifest": manifest, "secrets_providers": provider, "metadata": {}}
    assert "latest" not in others["checkpoint"]
    assert checkpoint(url, "steadfast.gbr") == State()


def test_a_damaged_neighbour_is_no_obstacle(tmp_path: Path) -> None:
    url = used(tmp_path)
    write(tmp_path, {})
    (tmp_path / ".pulumi" / "stacks" / NAME / f"{STACK}.json").write_text('{"version": 3, "checkpoint"')

    assert register(url, "steadfast.gbr")


@pytest.mark.parametrize("layout", ["version: 0\n", "version: 2\n", ""])
def test_a_folder_of_another_layout_is_left_to_the_cli(tmp_path: Path, layout: str) -> None:
    assert not register(used(tmp_path, layout), STACK)


def test_a_backend_that_the_cli_has_not_used_is_left_to_it(tmp_path: Path) -> None:
    assert not register(f"file://{tmp_path}", STACK)
    assert not register("s3://bucket/path", STACK)
    assert list(tmp_path.iterdir()) == []


def test_a_version_that_is_not_known_is_left_to_the_cli(tmp_path: Path) -> None:
    assert checkpoint(write(tmp_path, {}, version=4), STACK) is None


def test_a_damaged_state_is_named_with_where_to_find_a_good_one(tmp_path: Path) -> None:
    url = write(tmp_path, {})
    (tmp_path / ".pulumi" / "stacks" / NAME / f"{STACK}.json").write_text('{"version": 3, "checkpoint"')

    with pytest.raises(ProvisionError, match="damaged") as damaged:
        checkpoint(url, STACK)

    assert "backups" in (damaged.value.hint or "")


def test_everything_that_the_state_has_of_a_thing_is_known() -> None:
    instance = resource(
        "aws:ec2/instance:Instance",
        "web-1",
        "i-1",
        inputs={"subnetId": "subnet-1"},
        outputs={"rootBlockDevice": {"volumeId": "vol-1"}, "securityGroups": ["sg-1"], "count": 1},
    )

    assert of_deployment(STACK, {"resources": [instance]}).known == {"i-1", "subnet-1", "vol-1", "sg-1"}


def test_what_is_known_of_one_type_is_told_from_namesakes_of_another() -> None:
    role = resource("aws:iam/role:Role", "sensor", "steadfast-est-sensor")

    state = of_deployment(STACK, {"resources": [role]})

    assert state.known_of(["aws:iam/instanceProfile:InstanceProfile"]) == frozenset()


def test_a_resource_s_account_is_told_by_its_provider_s_name() -> None:
    record = resource("aws:s3/bucket:Bucket", "archive", "b", provider=PROVIDER)

    assert of_deployment(STACK, {"resources": [record]}).resources[0].provider_name == "hub"


def test_only_a_create_that_failed_leaves_something_made_by_half() -> None:
    def vpc(name: str, **fields: object) -> dict[str, object]:
        return resource("aws:ec2/vpc:Vpc", name) | {"id": name, "created": "10:00"} | fields

    state = State.model_validate(
        {
            "resources": [
                vpc("half", modified="10:00", initErrors=["no"]),
                vpc("whole", modified="10:00"),
                vpc("not as wanted since an update", modified="11:00", initErrors=["no"]),
            ]
        }
    )

    assert [known.name for known in state.real if known.half_made] == ["half"]


def test_with_something_goes_all_that_depends_on_it_or_is_inside_of_it() -> None:
    def urn(name: str) -> str:
        return str(resource("range:a:B", name)["urn"])

    def thing(name: str, **fields: object) -> dict[str, object]:
        return resource("range:a:B", name) | fields

    state = State.model_validate(
        {
            "resources": [
                thing("other"),
                thing("attachment", dependencies=[urn("other")]),
                thing("accepter", dependencies=[urn("attachment")]),
                thing("inside", parent=urn("accepter")),
                thing("beside", dependencies=[urn("other")]),
            ]
        }
    )

    assert state.with_dependents([urn("attachment")]) == {urn(name) for name in ("attachment", "accepter", "inside")}
