"""What went wrong, from what the engine says: the resource, AWS's own code, and what to type next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from range.errors import ProvisionError
from range.provision.state import Known
from range.records.results import Failure, StackChanges

_CODES = (
    re.compile(r"api error (?P<code>[A-Za-z][\w.]+): (?P<message>.*)", re.DOTALL),
    re.compile(
        r"An error occurred \((?P<code>[A-Za-z][\w.]+)\) when calling the \w+ operation[^:]*: (?P<message>.*)",
        re.DOTALL,
    ),
    re.compile(r": [A-Z]\w+: (?P<code>[A-Z]\w+(?:\.\w+)*): (?P<message>.*)", re.DOTALL),
    re.compile(r"^(?P<code>[A-Z]\w*(?:\.\w+)+|[A-Z][a-z]+[A-Z]\w+): (?P<message>.*)", re.DOTALL),
)
"""How the AWS provider, boto3, the rehearsal's provider and older ones word AWS's answer; the first that fits counts."""

_TRACEBACK = re.compile(r"\s*Traceback \(most recent call last\):.*", re.DOTALL)

_NOISE = re.compile(r"^\s*(?:\d+ errors? occurred:|\*|sdk-v2/provider2\.go:\d+: sdk\.helper_schema:)\s*", re.MULTILINE)

_HINTS = (
    (
        r"AccessDenied|UnauthorizedOperation|AuthFailure",
        "`range doctor` says which right is missing; `range bootstrap` makes the roles",
    ),
    (
        r"ExpiredToken|RequestExpired|InvalidClientTokenId",
        "renew your AWS credentials, then run the same command again",
    ),
    (r"RequestLimitExceeded|Throttling", "AWS is throttling; run the same command again, it goes on from here"),
    (
        r"LimitExceeded|QuotaExceeded",
        "`range plan` lists the quotas that the exercise comes near; ask AWS to raise this one",
    ),
    (r"InsufficientInstanceCapacity|Unsupported", "choose another `size` or availability zone in the exercise file"),
    (
        r"AlreadyExists|Duplicate|InUse|Conflict",
        "something of that name is there and isn't ours: remove it, or rename the exercise",
    ),
    (
        r"DependencyViolation|DeleteConflict",
        "something made by hand is in the way; `range down` sweeps it, then run it again",
    ),
)
_BY_WORDS = (
    (
        r"size cannot be smaller than existing size",
        "a disk can't be made smaller: put `disk_gib` back, or take the enclave down with `--ally` and bring it up anew",
    ),
)
"""Where AWS's code is for anything that is wrong with a request: InvalidParameterValue."""
_GO_ON = "run the same command again: it goes on from here"


def failure(message: str, urn: str = "") -> Failure:
    """Read one error message of the engine; `urn` names the resource, and is empty for the stack's own."""
    parts = urn.split("::")
    text = _TRACEBACK.sub("", _NOISE.sub("", message)).strip()
    for pattern in _CODES:
        found = pattern.search(text)
        if found:
            return Failure(
                type=_type(parts),
                name=parts[-1],
                code=found["code"],
                message=f"{found['code']}: {_line(found['message'])}",
            )
    return Failure(type=_type(parts), name=parts[-1], code="", message=_line(text))


class StackFailed(ProvisionError):
    """A stack could not be brought where it should be.

    `failures` has what failed, resource by resource; `not_created` what was to be made by then, and `not_deleted` what was to
    go, each of which may be there or not; `changes` counts what was done before it failed.
    """

    def __init__(self, message: str, failures: Sequence[Failure], *, hint: str) -> None:
        """Keep the failures."""
        super().__init__(message, hint=hint)
        self.failures = tuple(failures)
        self.not_created: tuple[Known, ...] = ()
        self.not_deleted: tuple[Known, ...] = ()
        self.changes = StackChanges(stack="")


def error(stack: str, failures: Iterable[Failure], otherwise: str) -> StackFailed:
    """Make the error of a stack from all its failures, or from the CLI's own words where there are none.

    The engine reports a failed resource, then the components above it and the update as a whole: only the first kind
    says anything, so it alone is shown where there is one.
    """
    told = list(dict.fromkeys(failures))
    own = [each for each in told if each.type and each.type != "pulumi:pulumi:Stack"] or told
    if not own:
        return StackFailed(f"{stack}: {_line(otherwise)}", (), hint=_hint("", otherwise))
    lines = "; ".join(str(each) for each in own[:5])
    more = f" (and {len(own) - 5} more)" if len(own) > 5 else ""
    return StackFailed(f"{stack}: {lines}{more}", own, hint=_hint(own[0].code, own[0].message))


def _type(parts: list[str]) -> str:
    """Give the resource's own type, without those of the components around it."""
    return parts[2].rsplit("$", 1)[-1] if len(parts) > 2 else ""


def _line(text: str) -> str:
    """Fold a message into one line."""
    return " ".join(text.split())


def _hint(code: str, message: str) -> str:
    """Find what to type next by AWS's code, or by its words where there is no code, or one that says nothing."""
    found = (hint for pattern, hint in _BY_WORDS if re.search(pattern, message))
    found_by_code = (hint for pattern, hint in _HINTS if re.search(pattern, code or message))
    return next(found, None) or next(found_by_code, _GO_ON)
