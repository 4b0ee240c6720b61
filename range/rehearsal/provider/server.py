"""The provider as the engine meets it: gRPC methods over the table's life cycle."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
from botocore.credentials import Credentials
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from range.errors import CloudError, RangeError
from range.rehearsal.provider import check, connection, invokes, lifecycle, schema
from range.rehearsal.provider.clients import Clients
from range.rehearsal.provider.connection import Connection, Connections
from range.rehearsal.provider.diff import Differences, differences
from range.rehearsal.provider.failures import HalfMade, port_of, reported
from range.rehearsal.provider.rows import Row
from range.rehearsal.provider.state import inputs
from range.rehearsal.provider.table import ROWS
from range.rehearsal.provider.wire import UNKNOWN, Properties, decode, encode
from range.rehearsal.provider.work import Cancelled, Work
from range.rehearsal.weather.sight import Origin, origin

if TYPE_CHECKING:
    import boto3

    from range.rehearsal.door import Cloud

VERSION = "7.51.1"
"""The version of pulumi_aws that the table follows."""
_THREADS = 320
"""As many as forty engines of eight operations each wait in at once; one that only waits costs its stack."""
_ADDED = (provider_pb2.PropertyDiff.ADD, provider_pb2.PropertyDiff.ADD_REPLACE)
_DROPPED = (provider_pb2.PropertyDiff.DELETE, provider_pb2.PropertyDiff.DELETE_REPLACE)
_UPDATED = (provider_pb2.PropertyDiff.UPDATE, provider_pb2.PropertyDiff.UPDATE_REPLACE)


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine; which configuration counts is told by the connection that a call comes in on."""

    def __init__(self, session: boto3.Session, operator: connection.Operators) -> None:
        """Answer over a session, as the operator of the organisation that a program's provider acts in."""
        self._clients = Clients(session)
        self._operator = operator
        self._connections = Connections()

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Agree on what both sides understand."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Be attached to an engine: nothing to do, the connection is all."""
        return Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say which version of the real provider this stands in for."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Describe the types that are served."""
        return provider_pb2.GetSchemaResponse(schema=schema.text(ROWS.values(), VERSION))

    @reported
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Refuse a provider's inputs that aren't carried out."""
        found = connection.problems(connection.plain(decode(request.news).values))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(found))

    @reported
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Another Region means other resources; anything else only another way to reach them."""
        new, old = decode(request.news).values, decode(request.olds).values
        changed = sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))
        kind = provider_pb2.DiffResponse
        return kind(
            changes=kind.DIFF_SOME if changed else kind.DIFF_NONE,
            diffs=changed,
            replaces=[name for name in changed if name == "region"],
        )

    @reported
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Log in as the provider's inputs say."""
        config = connection.plain(decode(request.args).values)
        try:
            who = connection.caller(self._clients, self._operator, config)
        except RangeError as error:
            raise CloudError(
                f"configuring the AWS provider {request.name}: {error.message}", hint=error.hint
            ) from error
        self._connections.put(context.peer(), Connection(who))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @reported
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Refuse what isn't carried out, and complete the rest."""
        row = ROWS.get(request.type)
        if row is None:
            return provider_pb2.CheckResponse(failures=_failures([("", check.type_problem(request.type, ROWS))]))
        news = decode(request.news)
        found = list(check.problems(row, news.values))
        if found:
            return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(found))
        caller = self._connections.get(context.peer()).caller
        filled = check.completed(
            row, news.values, decode(request.olds).values, name=request.name, seed=request.randomSeed, caller=caller
        )
        return provider_pb2.CheckResponse(inputs=encode(filled, _secrets(row, news.secrets)))

    @reported
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Say what changes, property by property, and whether it takes another resource."""
        row = _row(request.type)
        new, old = decode(request.news).values, decode(request.olds).values
        ignored = {path.partition(".")[0].partition("[")[0] for path in request.ignoreChanges}
        return _diff_response(differences(row, new, old), ignored)

    @reported
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Make a resource, or say what is known of it beforehand."""
        row = _row(request.type)
        news = decode(request.properties)
        secrets = _secrets(row, news.secrets)
        if request.preview:
            return provider_pb2.CreateResponse(properties=encode(_foreseen(row, news.values), secrets))
        work = self._work(row, request, context, "creating", new=news.values)
        made = _do("creating", work, lambda: lifecycle.create(work), news)
        return provider_pb2.CreateResponse(id=made[0], properties=encode(made[1], secrets))

    @reported
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Look at a resource: for a refresh, or to import it."""
        row = _row(request.type)
        olds, said = decode(request.properties), decode(request.inputs)
        secrets = _secrets(row, olds.secrets | said.secrets)
        work = self._work(row, request, context, "reading", old={**said.values, **olds.values}, id=request.id)
        look = lifecycle.read if work.old else lifecycle.find
        there = _do("reading", work, lambda: look(work), said)
        if there is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=work.id, properties=encode(there, secrets), inputs=encode(inputs(row, said.values, there), secrets)
        )

    @reported
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Change a resource in place."""
        row = _row(request.type)
        olds, news = decode(request.olds), decode(request.news)
        secrets = _secrets(row, news.secrets)
        if request.preview:
            return provider_pb2.UpdateResponse(
                properties=encode(_foreseen(row, {**olds.values, **news.values}), secrets)
            )
        work = self._work(row, request, context, "updating", new=news.values, old=olds.values, id=request.id)
        there = _do("updating", work, lambda: lifecycle.update(work), news)
        return provider_pb2.UpdateResponse(properties=encode(there, secrets))

    @reported
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Delete a resource."""
        row = _row(request.type)
        olds = decode(request.properties)
        work = self._work(row, request, context, "deleting", old=olds.values, id=request.id)
        _do("deleting", work, lambda: lifecycle.delete(work), olds)
        return Empty()

    @reported
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer a program's question."""
        found = invokes.answer(request.tok, self._connections.get(context.peer()).caller, decode(request.args).values)
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(encode(found))
        return response

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Have what waits stop waiting."""
        self._connections.cancel(context.peer())
        return Empty()

    def _work(self, row: Row, request: Any, context: grpc.ServicerContext, doing: str, **more: Any) -> Work:
        origin.set(Origin("provider", port_of(context), request.urn, doing))
        known = self._connections.get(context.peer())
        return Work(row, known.caller, request.name, stop=known.stop, patience_s=request.timeout, **more)


def serve(cloud: Cloud, port: int = 0) -> tuple[grpc.Server, int]:
    """Serve the provider on loopback, and give the server and its port; port 0 takes a free one."""
    from range.rehearsal.transport import session

    def operator(account: str | None) -> Credentials:
        found = cloud.operator(account)
        return Credentials(found.access_key, found.secret, None)

    return start(Provider(session(cloud, "", ""), operator), port)


def start(provider: Provider, port: int = 0) -> tuple[grpc.Server, int]:
    """Start a server for a provider on loopback.

    Raises:
        OSError: the port can't be had.
    """
    server = grpc.server(
        ThreadPoolExecutor(_THREADS, "provider"),
        options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", -1)],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    try:
        bound = server.add_insecure_port(f"127.0.0.1:{port}")
    except RuntimeError as error:
        raise OSError(
            errno.EADDRINUSE, f"Address already in use: 127.0.0.1:{port}, where the provider was to serve"
        ) from error
    server.start()
    return server, bound


def _row(token: str) -> Row:
    row = ROWS.get(token)
    if row is None:
        raise CloudError(check.type_problem(token, ROWS))
    return row


def _do(doing: str, work: Work, run: Callable[[], Any], said: Properties) -> Any:
    """Run an operation; its failure says what was being done to which resource."""
    try:
        return run()
    except lifecycle.Unfinished as error:
        secrets = _secrets(work.row, said.secrets)
        message = f"{_what(doing, work)}: {error.reason}"
        raise HalfMade(message, error.id, Properties(error.state, secrets), Properties(said.values, secrets)) from error
    except CloudError as error:
        raise CloudError(f"{_what(doing, work)}: {error.message}", code=error.code, hint=error.hint) from error
    except Cancelled as error:
        raise Cancelled(f"{_what(doing, work)}: cancelled") from error


def _what(doing: str, work: Work) -> str:
    return f"{doing} {work.row.title} ({work.id or work.name})"


def _secrets(row: Row, given: Iterable[str]) -> frozenset[str]:
    return frozenset(given) | {item.name for item in row.fields if item.secret}


def _failures(found: Iterable[tuple[str, str]]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=where, reason=why) for where, why in found]


def _diff_response(found: Differences, ignored: set[str]) -> Any:
    changed = found.changed - ignored
    replacing = found.replacing - ignored
    detailed = {}
    for name in changed:
        kinds = _ADDED if name in found.added else _DROPPED if name in found.gone else _UPDATED
        detailed[name] = provider_pb2.PropertyDiff(kind=kinds[name in replacing])
    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if changed else response.DIFF_NONE,
        diffs=sorted(changed),
        replaces=sorted(replacing),
        deleteBeforeReplace=found.delete_first and bool(replacing),
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )


def _foreseen(row: Row, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a preview can say of a resource to be made: what the program says; the rest isn't known yet."""
    return {item.name: given.get(item.name, UNKNOWN) for item in row.by_name.values() if item.output}
