"""Replacing root volumes; `range.rehearsal.areas.root_volumes` itself refuses these, so no row has a check."""

from __future__ import annotations

from range.rehearsal.truths.rows import Confidence, Truth

_GUIDE = (
    'Amazon EC2 User Guide, "Replace the root volume for an Amazon EC2 instance without stopping it" (read 2026-11-22); '
    "the code is from memory"
)


def _row(name: str, when: str, code: str, source: str = _GUIDE, confidence: Confidence = "general_knowledge") -> Truth:
    """Make a row of CreateReplaceRootVolumeTask."""
    return Truth(name, ("ec2.CreateReplaceRootVolumeTask",), when, code, source, confidence)


TRUTHS = (
    _row("root-volume-of-a-stopped-instance", "the instance isn't running", "IncorrectInstanceState"),
    _row("root-volume-of-bare-metal", "the instance is bare metal, but for Macs", "UnsupportedOperation"),
    _row(
        "root-volume-replaced-twice",
        "another task of the instance is pending or in progress",
        "IncorrectState",
        "EC2 API Reference, ReplaceRootVolumeTask (read 2026-11-22) for the states; refusal and code are from memory",
    ),
    _row(
        "root-volume-from-a-foreign-snapshot",
        "the snapshot wasn't taken from a root volume that the instance has or had, or is a copy",
        "InvalidParameterValue",
    ),
    _row(
        "root-volume-from-a-foreign-image",
        "the image has another architecture or kind of virtualization, or a smaller root volume",
        "InvalidParameterValue",
    ),
    _row(
        "root-volume-of-no-instance",
        "the id doesn't look like one of an instance",
        "InvalidInstanceID.Malformed",
        "alchemy-run/distilled, packages/aws/patches/ec2.json: codes seen from live calls (read 2026-11-22)",
        "seen_in_issue",
    ),
)
