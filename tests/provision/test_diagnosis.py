"""What an error of the engine comes to: the resource, AWS's code, and what to type next."""

from __future__ import annotations

import pytest

from range.provision.diagnosis import error, failure
from range.records.results import Failure

URN = "urn:pulumi:steadfast.est::defence-range::range:hosts:Host$aws:ec2/instance:Instance::web-1"
STACK = "urn:pulumi:steadfast.est::defence-range::pulumi:pulumi:Stack::defence-range-steadfast.est"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (
            "1 error occurred:\n\t* creating EC2 Instance: operation error EC2: RunInstances, StatusCode: 500, "  # noqa: ISC004
            "RequestID: 1f, api error InsufficientInstanceCapacity: We have no capacity",
            "InsufficientInstanceCapacity",
        ),
        ("An error occurred (VpcLimitExceeded) when calling the CreateVpc operation: too many", "VpcLimitExceeded"),
        ("creating KMS Key (key): CreateKey: LimitExceededException: no more keys", "LimitExceededException"),
        ("DependencyViolation: The vpc has dependencies and cannot be deleted", "DependencyViolation"),
        ("InvalidGroup.NotFound: no such group", "InvalidGroup.NotFound"),
        ("something without a code", ""),
    ],
)
def test_the_code_of_aws_is_found_however_it_is_worded(message: str, code: str) -> None:
    assert failure(message, URN).code == code


def test_a_failure_names_the_resource_by_its_own_type_and_name() -> None:
    found = failure("An error occurred (X.Y) when calling the Z operation: no", URN)

    assert str(found) == "aws:ec2/instance:Instance web-1: X.Y: no"


def test_what_only_repeats_that_something_failed_is_left_out() -> None:
    told = [failure("InvalidSubnet.Range: no", URN), failure("update failed", STACK), failure("update failed")]

    assert error("steadfast.est", told, "").message == (
        "steadfast.est: aws:ec2/instance:Instance web-1: InvalidSubnet.Range: no"
    )


def test_a_program_s_traceback_is_left_out() -> None:
    found = failure("python inline source runtime error: no image\nTraceback (most recent call last):\n  File x\nNo: 1")

    assert found.message == "python inline source runtime error: no image"


def test_the_cli_s_own_words_are_given_where_no_resource_failed() -> None:
    assert error("steadfast.est", [], "error: no passphrase").message == "steadfast.est: error: no passphrase"


def test_many_failures_are_counted_and_not_all_printed() -> None:
    told = [
        Failure(type="aws:ec2/vpc:Vpc", name=f"v{number}", code="", message="no") for number in (1, 2, 3, 4, 5, 6, 7)
    ]

    found = error("steadfast.est", told, "")

    assert found.message.endswith("v5: no (and 2 more)")
    assert len(found.failures) == 7


@pytest.mark.parametrize(
    ("code", "words", "hint"),
    [
        ("UnauthorizedOperation", "no", "range doctor"),
        ("VpcLimitExceeded", "no", "range plan"),
        ("ExpiredToken", "no", "credentials"),
        ("DependencyViolation", "no", "range down"),
        ("InvalidParameterValue", "New size cannot be smaller than existing size (20 GiB).", "disk_gib"),
        ("SomethingNew", "no", "same command again"),
    ],
)
def test_every_error_says_what_to_type_next(code: str, words: str, hint: str) -> None:
    found = error("steadfast.est", [failure(f"{code}: {words}", URN)], "")

    assert hint in (found.hint or "")
