"""The same faults, made by boto3 on a correct range in a rehearsal cloud, one after the other, each undone before the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from range.errors import CloudError
from range.verify.identity.judgement import Identities
from tests.verify.exercises import steadfast
from tests.verify.identity.faulty import Fault, catalogue
from tests.verify.identity.judged import judged
from tests.verify.identity.raised import Raised

FAULTS = catalogue()


@pytest.fixture(scope="module")
def raised() -> Iterator[Raised]:
    """A range whose identities are correct."""
    raised = Raised(steadfast())
    yield raised
    raised.close()


@pytest.fixture(scope="module")
def proof() -> Identities:
    """A proof that goes on from fault to fault."""
    return Identities(steadfast())


def test_a_correct_range_raises_no_alarm(raised: Raised, proof: Identities) -> None:
    assert [each.why for each in proof.findings(raised.answers)] == []


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if "refused" not in fault.said], ids=str)
def test_a_fault_made_by_the_api_is_caught_and_its_statement_is_named(
    raised: Raised, proof: Identities, fault: Fault
) -> None:
    with raised.with_fault(fault) as answers:
        said = raised.said(fault)
        findings = proof.findings(answers)

    right, others = judged(findings, fault, said)
    assert right, [f"{each.source} → {each.to} {each.verdict} {each.why}" for each in findings]
    assert [each.why for each in others] == []


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if "refused" in fault.said], ids=str)
def test_what_aws_takes_from_nobody_is_refused_in_its_words(raised: Raised, fault: Fault) -> None:
    with pytest.raises(CloudError) as caught, raised.with_fault(fault):
        pass

    assert caught.value.code == fault.said["refused"]


def test_after_all_faults_were_undone_nothing_is_found(raised: Raised, proof: Identities) -> None:
    assert [each.why for each in proof.findings(raised.look())] == []
