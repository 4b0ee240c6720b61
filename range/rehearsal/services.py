"""Which service a request is for, and how that service writes parameters, results and errors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from range.rehearsal import protocols, syntax_trees
from range.rehearsal.messages import Answer, Request
from range.rehearsal.refusals import Refusal

if TYPE_CHECKING:
    from moto.core.model import OperationModel, ServiceModel

_ACTION = re.compile(rb"(?:^|&)Action=([A-Za-z0-9]+)")
_SIGNED_AS = {
    "monitoring": "cloudwatch",
    "tagging": "resourcegroupstaggingapi",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "sso": "sso-admin",
    "states": "stepfunctions",
}
"""botocore's name of a service, where hyphens aren't the only difference from the name that requests are signed for."""
_PACKAGES = {"lambda": "awslambda"}
"""moto's name of a service, where it isn't botocore's without hyphens."""
_READS = re.compile(
    "(BatchGet|Check|Describe|Filter|Generate|Get|Head|List|Lookup|Preview|Query|Scan|Search|Select|Simulate|Test)|Verify(Mac)?$"
)
"""Of what is verified, KMS only answers; SES makes an identity."""
_CREDENTIAL_REPORT = "GenerateCredentialReport"
"""The one call that is named like a question and leaves something behind."""


syntax_trees.take_turns()


@dataclass(frozen=True)
class Service:
    """One AWS service: its botocore model, and the protocol that its clients speak."""

    name: str
    """botocore's name, such as `s3control`."""
    spoken: str = ""
    """The protocol that a request was made in, where the service speaks several."""

    @property
    def package(self) -> str:
        """The package of moto, such as `awslambda`."""
        return _PACKAGES.get(self.name, self.name.replace("-", ""))

    @cached_property
    def model(self) -> ServiceModel:
        """The service's model, as moto extends it."""
        from moto.core.utils import get_service_model

        return get_service_model(self.name)

    @cached_property
    def protocol(self) -> str:
        """The protocol in which this service answers: ec2, query, json, rest-json, rest-xml or CBOR."""
        return self.spoken or str(self.model.protocol)

    def operation(self, request: Request) -> str:
        """Name the operation that a request asks for, or give an empty string where no operation matches."""
        target = request.lowered.get("x-amz-target")
        if target:
            return target.rpartition(".")[2]
        if self.protocol == protocols.CBOR:
            return protocols.operation_in(request.address.path)
        if self.protocol in ("ec2", "query"):
            found = _ACTION.search(request.body) or _ACTION.search(request.address.query.encode())
            return found[1].decode() if found else ""
        return self._routed(request)[0]

    def params(self, operation: str, request: Request) -> dict[str, Any]:
        """Give the parameters of a request, as boto3 would have taken them."""
        from moto.core.parse import PROTOCOL_PARSERS
        from moto.core.request import determine_request_protocol

        from range.rehearsal.carried import as_moto

        if self.protocol == protocols.CBOR:
            return protocols.params_of(request.body)
        moto_request = as_moto(request)
        parser = PROTOCOL_PARSERS[determine_request_protocol(self.model, moto_request.content_type)]
        labels = self._routed(request)[1] if self.protocol.startswith("rest") else {}
        parsed: dict[str, Any] = parser(self.model.operation_model(operation)).parse(
            {
                "method": moto_request.method,
                "values": moto_request.values,
                "headers": moto_request.headers,
                "body": moto_request.data,
                "url_path": moto_request.path,
                "url_params": labels,
            }
        )
        return parsed

    def request(self, operation: str, params: dict[str, Any], original: Request) -> Request:
        """Write a request again with other parameters; whoever sent it stays the same."""
        from botocore.serialize import create_serializer

        written = create_serializer(self.protocol).serialize_to_request(params, self.model.operation_model(operation))
        body = written["body"]
        if isinstance(body, dict):
            body = urlencode(body, doseq=True)
        headers = {**original.headers, **{name: str(value) for name, value in written["headers"].items()}}
        query = urlencode(written["query_string"], doseq=True) if written["query_string"] else ""
        url = original.address._replace(path=written["url_path"], query=query).geturl()
        return Request(written["method"], url, headers, body.encode() if isinstance(body, str) else body or b"")

    def result(self, operation: str, answer: Answer) -> dict[str, Any]:
        """Read an answer, as boto3 gives it.

        Raises:
            Refusal: the answer is an error.
        """
        from botocore.awsrequest import HeadersDict
        from botocore.parsers import create_parser

        raw = {"status_code": answer.status, "headers": HeadersDict(answer.headers), "body": answer.body}
        shape = self.model.operation_model(operation).output_shape
        parsed: dict[str, Any] = create_parser(self.protocol).parse(raw, shape)
        parsed.pop("ResponseMetadata", None)
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            error = parsed["Error"]
            raise Refusal(error["Code"], error.get("Message", ""), status=answer.status)
        return parsed

    def answer(self, operation: str, result: dict[str, Any] | Refusal) -> Answer:
        """Write a result, shaped as boto3 returns it, or a refusal, in the service's own protocol."""
        if self.protocol == protocols.CBOR:
            if not isinstance(result, Refusal):
                raise TypeError(f"{self.name} {operation}: nobody writes results in CBOR")
            return protocols.refused(result)
        from moto.core.errors import COMMON_ERROR_CODES
        from moto.core.serialize import DefaultAttributePicker, get_serializer_class

        if isinstance(result, Refusal) and result.code not in COMMON_ERROR_CODES:
            # moto warns of each code that the model doesn't list, and many aren't.
            COMMON_ERROR_CODES.append(result.code)
        serializer = get_serializer_class(self.name, self.protocol)(
            operation_model=self._operation_model(operation), value_picker=DefaultAttributePicker()
        )
        written = serializer.serialize(result)
        status = result.status or written["status_code"] if isinstance(result, Refusal) else written["status_code"]
        body = written["body"]
        return Answer(status, written["headers"], body.encode() if isinstance(body, str) else body)

    def _operation_model(self, operation: str) -> OperationModel:
        """Give the model of an operation, or an empty one: a refusal may concern a call that nobody knows."""
        from moto.core.model import OperationModel as Model

        known: OperationModel | None = None
        if operation in self.model.operation_names:
            known = self.model.operation_model(operation)
        return known or Model({}, self.model)

    def _routed(self, request: Request) -> tuple[str, dict[str, Any]]:
        """Match method and path against the model's: the operation and the labels in its path."""
        from range.rehearsal.carried import as_moto
        from range.rehearsal.routing import NotFound, get_service_router

        try:
            operation, labels = get_service_router(self.name).match(as_moto(request))
        except (NotFound, NotImplementedError):
            return "", {}
        return str(operation.name), labels


@cache
def service_named(name: str) -> Service:
    """Give the one Service of a botocore name."""
    return Service(name)


def service_of(request: Request, signing_name: str) -> Service | None:
    """Tell which service is meant, if there is one of that name; the two that sign as `s3` differ by their paths."""
    if signing_name in ("s3", "s3-control") and request.address.path.startswith("/v20180820/"):
        return service_named("s3control")
    name = _SIGNED_AS.get(signing_name) or _by_bare_name().get(signing_name.replace("-", ""))
    return as_spoken(service_named(name), request) if name else None


def as_spoken(service: Service, request: Request) -> Service:
    """Give a service as it speaks to whoever made a request."""
    protocol = protocols.spoken(service.model, request)
    return _speaking(service.name, protocol) if protocol else service


@cache
def _speaking(name: str, protocol: str) -> Service:
    return Service(name, protocol)


@cache
def _by_bare_name() -> dict[str, str]:
    """Map the names of botocore's services without hyphens to the names themselves."""
    from range.rehearsal.models import loader

    return {name.replace("-", ""): name for name in loader().list_available_services("service-2")}


@cache
def only_removes(operation: str) -> bool:
    """Say whether an operation can't make anything, by its name."""
    return operation.startswith(("Delete", "Detach"))


@cache
def only_reads(operation: str) -> bool:
    """Say whether an operation changes nothing, by its name."""
    return bool(_READS.match(operation)) and operation != _CREDENTIAL_REPORT
