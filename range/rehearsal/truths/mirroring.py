"""Traffic mirroring; `range.rehearsal.areas.mirroring` itself refuses these, so no row has a check."""

from __future__ import annotations

from range.rehearsal.truths.rows import Truth

_ERRORS = 'EC2 API Reference, "Error codes for the Amazon EC2 API" (read 2026-11-22)'
_MEMORY = "none opened (general knowledge)"

TRUTHS = (
    Truth(
        name="mirror-target-in-use",
        calls=("ec2.DeleteTrafficMirrorTarget",),
        when="a session sends to it",
        code="TrafficMirrorTargetInUse",
        source=f"an answer of AWS in a Terraform module's README; {_ERRORS} adds Exception to the code",
        confidence="seen_in_issue",
    ),
    Truth(
        name="mirror-filter-in-use",
        calls=("ec2.DeleteTrafficMirrorFilter",),
        when="a session uses it",
        code="TrafficMirrorFilterInUse",
        source=_ERRORS,
        confidence="documented",
    ),
    Truth(
        name="mirror-session-number-taken",
        calls=("ec2.CreateTrafficMirrorSession",),
        when="the interface has a session of that number",
        code="TrafficMirrorSessionNumberInUse",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="mirror-of-an-idle-interface",
        calls=("ec2.CreateTrafficMirrorSession",),
        when="the interface isn't attached to an instance",
        code="InvalidParameterValue",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
)
