"""Live probes: what packets between hosts say of the proof, on a range whose packets do what EC2's state says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest

from range.records.proof import Proof
from range.verify.decision import Prover
from range.verify.matrix import lines
from range.verify.probes.choice import Scope, chosen, usual
from range.verify.probes.judgement import probed, unprobed
from range.verify.probes.round import Command, sent
from range.verify.taking import look
from tests.rehearsal.network.bare import needs_namespaces
from tests.rehearsal.network.live import Live, live
from tests.verify.exercises import steadfast

pytestmark = needs_namespaces


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Steadfast, live."""
    yield from live(steadfast(), tmp_path_factory.mktemp("steady"))


@pytest.fixture(scope="module")
def prover(steady: Live) -> Prover:
    """A prover that knows the exercise."""
    return Prover(steady.plan)


def proven(steady: Live, prover: Prover) -> Proof:
    """Prove what is there now."""
    return prover.prove(look(steady.plan, steady.cloud.sessions))


def on(steady: Live) -> Command:
    """Give how words are run on a host: in its namespace."""

    def command(enclave: str, host: str, words: Sequence[str]) -> list[str]:
        return ["nsenter", f"--net={steady.hosts[f'{enclave}/{host}'].namespace}", *words]

    return command


def red_way(steady: Live, verb: str) -> None:
    """Let red's web traffic into Estonia's targets, or no longer; where the range is right, it is let in."""
    red = next(each for each in steady.plan.enclaves if each.name == "red")
    zone = next(each for each in red.zones if each.name == "attackers")
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": str(zone.cidr)}]}
    group = steady.ids["est.targets.group"]
    steady.call("est", f"ec2.{verb}_security_group_ingress", GroupId=group, IpPermissions=[rule])


def test_where_packets_do_as_the_proof_says_its_verdict_stays(steady: Live, prover: Prover) -> None:
    proof = proven(steady, prover)

    seen = probed(steady.plan, proof, on(steady))

    assert seen.model_copy(update={"probes": proof.probes}) == proof
    declared = {(flow.source, flow.target) for flow in steady.plan.flows if flow.source.enclave != flow.target.enclave}
    assert seen.probes.hosts == 10
    assert seen.probes.disagreements == 0
    assert seen.probes.passed >= len(declared)
    assert seen.probes.tried == seen.probes.passed + seen.probes.dropped
    assert any(f"{seen.probes.passed} arrived" in line and "all as the proof says" in line for line in lines(seen))


def test_a_fault_that_the_proof_finds_is_felt_and_no_contradiction(steady: Live, prover: Prover) -> None:
    red_way(steady, "revoke")
    steady.network.follow()
    try:
        proof = proven(steady, prover)
        seen = probed(steady.plan, proof, on(steady))
    finally:
        red_way(steady, "authorize")
        steady.network.follow()

    assert proof.network == "VIOLATED"
    assert (seen.findings, seen.probes.disagreements) == (proof.findings, 0)


def test_packets_that_do_otherwise_are_a_failure_of_their_own_kind(steady: Live, prover: Prover) -> None:
    proof = proven(steady, prover)
    red_way(steady, "revoke")
    steady.network.follow()
    try:
        seen = probed(steady.plan, proof, on(steady))
    finally:
        red_way(steady, "authorize")
        steady.network.follow()

    assert (proof.network, seen.verdict, seen.network) == ("PROVEN", "VIOLATED", "VIOLATED")
    (finding,) = (each for each in seen.findings if each.kind == "contradicted")
    assert (finding.kind, finding.source, finding.to) == ("contradicted", "red.attackers", "est.targets")
    assert "tcp 80 from red.attackers" in finding.why
    assert "the proof says that it does" in finding.why
    assert any("CONTRADICT" in line for line in lines(seen))


def test_what_is_lost_once_is_sent_again_and_no_contradiction(steady: Live, prover: Prover) -> None:
    proof = proven(steady, prover)
    scope = Scope(("red", "est"))
    red_way(steady, "revoke")
    steady.network.follow()
    before = sent(usual(steady.plan, scope), on(steady))
    red_way(steady, "authorize")
    steady.network.follow()
    asked: set[str] = set()

    def command(enclave: str, host: str, words: Sequence[str]) -> list[str]:
        asked.add(enclave)
        return on(steady)(enclave, host, words)

    seen = probed(steady.plan, proof, command, scope, before)

    assert [each for each in before.outcomes if each.fate != "nothing" and not before.outcomes[each].arrived]
    assert (seen.verdict, seen.probes.disagreements) == (proof.verdict, 0)
    assert asked == {"red", "est"}


def test_a_packet_that_arrives_where_the_proof_says_that_none_can_is_one_too(steady: Live, prover: Prover) -> None:
    red_way(steady, "revoke")
    try:
        proof = proven(steady, prover)
    finally:
        red_way(steady, "authorize")
    steady.network.follow()

    seen = probed(steady.plan, proof, on(steady))

    assert seen.findings[0].kind == "contradicted"
    assert "the proof says that it is cut" in seen.findings[0].why


def test_a_host_that_can_not_be_come_by_makes_no_verdict_and_is_said(steady: Live, prover: Prover) -> None:
    proof = proven(steady, prover)

    def command(enclave: str, host: str, words: Sequence[str]) -> list[str]:
        return ["sh", "-c", "echo nobody is there >&2; exit 255"]

    seen = probed(steady.plan, proof, command)

    assert (seen.verdict, seen.probes.tried) == (proof.verdict, 0)
    assert "can't be probed from: nobody is there" in seen.probes.why


@pytest.mark.parametrize("dies", ["at once", "once it has sent"])
def test_a_dead_host_is_named_and_left_out_and_the_others_are_probed(steady: Live, prover: Prover, dies: str) -> None:
    proof = proven(steady, prover)
    usual = probed(steady.plan, proof, on(steady)).probes
    dead = "est/" + next(each.name for each in steady.plan.enclave("est").hosts if each.zone == "targets")

    def command(enclave: str, host: str, words: Sequence[str]) -> list[str]:
        if f"{enclave}/{host}" != dead:
            return on(steady)(enclave, host, words)
        once = "read x; echo '{}'; read x; " if dies != "at once" else ""
        return ["sh", "-c", f"{once}echo it is gone >&2; exit 255"]

    seen = probed(steady.plan, proof, command)

    assert seen.verdict == proof.verdict
    assert (seen.probes.left_out, seen.probes.disagreements) == ((dead,), 0)
    assert seen.probes.hosts == usual.hosts - 1
    assert 0 < seen.probes.tried < usual.tried
    assert 0 < seen.probes.passed < usual.passed
    assert any(f"without {dead}: {dead} can't be probed from: it is gone" in line for line in lines(seen))


def test_a_reset_tries_its_own_enclaves_and_no_host_that_is_played_on(steady: Live, prover: Prover) -> None:
    asked: set[str] = set()

    def command(enclave: str, host: str, words: Sequence[str]) -> list[str]:
        asked.add(enclave)
        return on(steady)(enclave, host, words)

    seen = probed(steady.plan, proven(steady, prover), command, Scope(("est", "pol", "red"), ("est",)))
    all_of_them = chosen(steady.plan, proven(steady, prover), Scope(("est", "pol", "red")))

    assert asked == {"hub", "est", "pol", "red"}
    assert seen.probes.tried == len([each for each in all_of_them if "est" in each.enclaves]) < len(all_of_them)
    assert seen.probes.disagreements == 0


def test_packets_that_were_sent_while_the_proof_was_made_are_not_sent_again(steady: Live, prover: Prover) -> None:
    before = sent(usual(steady.plan), on(steady))
    asked: list[str] = []

    def command(enclave: str, host: str, words: Sequence[str]) -> list[str]:
        asked.append(host)
        return on(steady)(enclave, host, words)

    right = probed(steady.plan, proven(steady, prover), command, before=before).probes
    assert (right.disagreements, right.tried, asked) == (0, len(before.outcomes), [])

    red_way(steady, "revoke")
    steady.network.follow()
    try:
        proof = proven(steady, prover)
        felt = sent(usual(steady.plan), on(steady))
        wrong = probed(steady.plan, proof, command, before=felt)
    finally:
        red_way(steady, "authorize")
        steady.network.follow()

    assert (proof.network, wrong.probes.disagreements) == ("VIOLATED", 0)
    assert asked, "the packet that the proof shows is sent all the same"


def test_without_hosts_that_is_said_in_plain_words(steady: Live, prover: Prover) -> None:
    seen = unprobed(proven(steady, prover), "this rehearsal runs no hosts")

    assert "no packets were sent to check it: this rehearsal runs no hosts" in list(lines(seen))
    assert json.loads(seen.model_dump_json(by_alias=True))["probes"]["why"] == "this rehearsal runs no hosts"
