"""One enclave through the real engine: up, up again, drift, down, and nothing left."""

from __future__ import annotations

import pytest

from range.cloud.inventory import take
from range.errors import ProvisionError, WrongBackend
from range.provision import stage
from range.provision.engine import Engine
from range.records.inventory import Inventory
from range.records.results import Progress
from range.teardown.leftovers import prove_nothing_left
from range.teardown.obstacles import clear_the_way
from tests.cloud.vandal import make_network
from tests.engine.conftest import Ground

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def before(hub: Ground) -> Inventory:
    """What was in est's account before."""
    return hub.look("est")


@pytest.fixture(scope="module")
def est(hub: Ground, before: Inventory) -> Ground:
    """The hub and est, up."""
    run = hub.up("est")
    assert run.changes.create == run.changes.total >= 60
    return hub


def test_the_outputs_name_every_host_at_its_planned_address(est: Ground) -> None:
    hosts = est.engine.outputs(est.stack("est")).hosts

    planned = {host.name: str(host.address) for host in est.plan.enclave("est").hosts}
    assert {host.name: host.address for host in hosts} == planned


def test_a_second_up_changes_nothing(est: Ground) -> None:
    assert not est.up("est").changes.any


def test_a_preview_touches_nothing_and_counts_what_would_be_made(est: Ground) -> None:
    before = est.look("pol")

    changes = est.engine.preview(est.stack("pol"))

    assert changes.create == changes.total >= 60
    assert est.look("pol").since(before) == ()
    assert not est.engine.state(est.stack("pol")).resources


def test_progress_counts_up_to_the_last_resource(est: Ground) -> None:
    told: list[Progress] = []

    est.engine.up(est.stack("est"), told.append)

    assert told[-1].done == told[-1].seen == told[-1].expected


def test_a_refresh_sees_what_was_changed_by_hand_and_up_mends_it(est: Ground) -> None:
    instance = est.engine.outputs(est.stack("est")).hosts[0].id
    tags = [{"Key": "range:ally", "Value": "pol"}]
    est.account("est").call("ec2", "create_tags", Resources=[instance], Tags=tags)

    assert est.engine.refresh(est.stack("est")).update == 1
    assert est.up("est").changes.update == 1


def test_the_account_s_own_backend_is_right_and_any_other_is_wrong(est: Ground) -> None:
    inventory = take(est.account("est"))
    arguments = (est.engine, est.plan)
    stage.refuse_wrong_backend(*arguments, "est", inventory, state_id=est.setting.state_id)

    with pytest.raises(WrongBackend):
        stage.refuse_wrong_backend(*arguments, "gbr", retold(inventory, est.stack("gbr")), state_id="0" * 12)


def test_what_a_vandal_put_into_the_enclave_does_not_hold_its_teardown_up(est: Ground, before: Inventory) -> None:
    account = est.account("est")
    ours = [known.id for known in est.engine.state(est.stack("est")).real if known.type == "aws:ec2/vpc:Vpc"]
    subnets = account.call("ec2", "describe_subnets", Filters=[{"Name": "vpc-id", "Values": ours}])["Subnets"]
    group = account.call("ec2", "create_security_group", VpcId=ours[0], GroupName="theirs", Description="theirs")
    account.call("ec2", "create_network_interface", SubnetId=subnets[0]["SubnetId"], Groups=[group["GroupId"]])

    swept = clear_the_way(account, est.engine.state(est.stack("est")).known)
    est.down("est")

    group_and_its_rule = {"ec2:security-group", "ec2:security-group-rule"}
    assert {each.type for each in swept.removed} == {"ec2:network-interface", *group_and_its_rule}
    assert proof(est, before) == ()


def test_what_a_vandal_made_beside_the_enclave_is_listed_and_not_touched(est: Ground, before: Inventory) -> None:
    vpc = make_network(est.account("est"))

    assert vpc in proof(est, before)


def test_a_program_that_fails_says_why_in_one_line(hub: Ground) -> None:
    with pytest.raises(ProvisionError) as failed:
        Engine(hub.engine.settings, fails).up(hub.stack("gbr"))

    assert failed.value.message == "steadfast.gbr: its program failed: ZeroDivisionError: division by zero"


def fails(*_: object) -> None:
    """Fail, as a program with a defect does."""
    raise ZeroDivisionError("division by zero")


def retold(inventory: Inventory, stack: str) -> Inventory:
    """Make an account's things look as another stack's."""
    things = [each.model_copy(update={"tags": {**each.tags, "range:stack": stack}}) for each in inventory.resources]
    return inventory.model_copy(update={"resources": tuple(things)})


def proof(ground: Ground, before: Inventory) -> tuple[str, ...]:
    """List the ids of what is left in est's account; what can't be told is an error."""
    state = ground.setting.state_id
    found = prove_nothing_left(ground.account("est"), ground.plan, "est", before, state_id=state)
    assert found.unsure == ()
    return tuple(each.id for each in found.left)
