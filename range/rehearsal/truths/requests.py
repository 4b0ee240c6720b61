"""What AWS refuses of a request as such, whatever it asks for: dry runs, and client tokens that don't fit.

The door and `range.rehearsal.trail.tokens` refuse these, so no row has a check.
"""

from __future__ import annotations

from range.rehearsal.truths.rows import Truth

_ERRORS = 'EC2 API Reference, "Error codes for the Amazon EC2 API" (read 2026-11-22)'

TRUTHS = (
    Truth(
        name="dry-run",
        calls=("ec2.*",),
        when="the call is a dry run that would have succeeded (status 412); nothing is done",
        code="DryRunOperation",
        source=_ERRORS,
        confidence="documented",
    ),
    Truth(
        name="launch-token-of-other-parameters",
        calls=("ec2.RunInstances",),
        when="the token was used with other parameters, in the same Region and zone",
        code="IdempotentParameterMismatch",
        source=f"{_ERRORS}; https://github.com/hashicorp/terraform-provider-aws/issues/39625",
        confidence="documented",
    ),
    Truth(
        name="launch-token-used-up",
        calls=("ec2.RunInstances",),
        when="the token is of an instance that was terminated",
        code="IdempotentInstanceTerminated",
        source="https://github.com/boto/boto3/issues/4406",
        confidence="seen_in_issue",
    ),
    Truth(
        name="volume-token-of-other-parameters",
        calls=("ec2.CreateVolume",),
        when="the token was used with other parameters",
        code="IdempotentParameterMismatch",
        source=_ERRORS,
        confidence="documented",
    ),
    Truth(
        name="share-token-of-other-parameters",
        calls=("ram.CreateResourceShare",),
        when="the token was used with other parameters",
        code="IdempotentParameterMismatchException",
        source="botocore 1.44.5, RAM 2018-01-04, CreateResourceShare (read 2026-11-22)",
        confidence="documented",
    ),
)
