"""How a failure reaches the engine: with AWS's own code and message, and with the resource where there is one."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as Packed
from pulumi.runtime.proto import provider_pb2, status_pb2

from range.errors import CloudError, RangeError
from range.rehearsal.provider.wire import Properties, encode
from range.rehearsal.provider.work import Cancelled
from range.rehearsal.weather.sight import Origin, origin

_DETAILS = "grpc-status-details-bin"
_REFUSED = grpc.StatusCode.FAILED_PRECONDITION
"""The engine takes this for "nothing was made"; an unknown status would leave a pending operation in the state."""
_log = logging.getLogger(__name__)

Method = Callable[[Any, Any, grpc.ServicerContext], Any]


class HalfMade(CloudError):
    """A resource is there, but not as wanted: the engine has to keep it, and to try again the next time."""

    def __init__(self, message: str, id_: str, state: Properties, inputs: Properties) -> None:
        """Keep what the engine has to know."""
        super().__init__(message)
        self.id = id_
        self.state = state
        self.inputs = inputs


def reported(method: Method) -> Method:
    """Have a gRPC method end in the engine's terms when it fails."""

    @functools.wraps(method)
    def run(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        origin.set(Origin("provider", port_of(context)))
        try:
            return method(self, request, context)
        except HalfMade as error:
            _half_made(error, context)
            failure, code = error.message, _REFUSED
        except RangeError as error:
            failure, code = str(error), _REFUSED
        except Cancelled as error:
            failure, code = str(error), grpc.StatusCode.CANCELLED
        except Exception as error:  # noqa: BLE001 what isn't reported here, the engine shows as "Exception calling application"
            _log.exception("%s failed", method.__name__)
            failure, code = f"the rehearsal's provider failed: {error!r}; its log says where", grpc.StatusCode.INTERNAL
        return context.abort(code, failure)

    return run


def port_of(context: grpc.ServicerContext) -> int:
    """Give the engine's own end of the connection that a call came in on: `ipv4:127.0.0.1:41234`."""
    port = context.peer().rpartition(":")[2]
    return int(port) if port.isdigit() else 0


def _half_made(error: HalfMade, context: grpc.ServicerContext) -> None:
    """Send the id and state along with the failure."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.id,
        properties=encode(error.state.values, error.state.secrets),
        inputs=encode(error.inputs.values, error.inputs.secrets),
        reasons=[error.message],
    )
    packed = Packed()
    packed.Pack(detail)
    status = status_pb2.Status(code=_REFUSED.value[0], message=error.message, details=[packed])
    context.set_trailing_metadata(((_DETAILS, status.SerializeToString()),))
