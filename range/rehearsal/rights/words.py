"""How each service says that somebody may not do something.

Source: IAM User Guide, "Troubleshoot access denied error messages"; the services' API references, "Common errors"
(read 2026-11-28). EC2's encoded message is left out: nobody could decode it.
"""

from __future__ import annotations

from range.policy.decision import Decision, Verdict, wording
from range.policy.request import Request
from range.rehearsal.call import Call
from range.rehearsal.refusals import Refusal

_BY_PROTOCOL = {"json": ("AccessDeniedException", 400), "rest-json": ("AccessDeniedException", 403)}
_BY_SERVICE = {
    "cloudwatch": ("AccessDenied", 403),
    "ec2": ("UnauthorizedOperation", 403),
    "sns": ("AuthorizationError", 403),
    "sqs": ("AccessDenied", 403),
}
"""SQS and CloudWatch keep the codes of the protocol that they spoke first."""
_TO_STRANGERS = "Access Denied"


def denied(call: Call, request: Request, decision: Decision) -> Refusal:
    """Refuse a call, in the words of the service that was called."""
    name = call.service.name
    code, status = _BY_SERVICE.get(name) or _BY_PROTOCOL.get(call.service.protocol) or ("AccessDenied", 403)
    return Refusal(code, _message(name, request, decision), status=status)


def _message(service: str, request: Request, decision: Decision) -> str:
    if service == "s3" and request.resource_account != request.principal.account:
        return _TO_STRANGERS
    said = wording(request, decision)
    if decision.verdict is Verdict.UNKNOWN:
        said = f"{said} as far as the rehearsal cloud can tell: {'; '.join(decision.doubts)}"
    return f"You are not authorized to perform this operation. {said}" if service == "ec2" else said
