"""The Python language host: what `pulumi up` by hand starts, where the official one is missing.

The engine runs `pulumi-language-python ENGINE_ADDRESS`, takes the first line of its output for a port, and calls the
rest by gRPC. The program runs in a process of its own (`range.provision.program`) whose output the engine shows.
Nothing outlives the engine: it holds the other end of this process's stdin, and this process that of the program's.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from importlib import metadata

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import LanguageRuntimeServicer, language_pb2, language_pb2_grpc, plugin_pb2

DISTRIBUTION = "defence-range"
SHOWN = 32
"""The program's exit status when the engine has been told what went wrong: nothing more is to be said."""
MESSAGE_BYTES = 400 * 1024 * 1024
"""The largest message, as in Pulumi's own SDK (`pulumi/runtime/_grpc_settings.py`, 3.250.0)."""


class LanguageHost(LanguageRuntimeServicer):
    """Answers the engine for programs in this virtual environment; one program at a time."""

    def __init__(self, engine: str) -> None:
        """Remember the engine's address, which the program needs for its log."""
        self._engine = engine
        self._program: subprocess.Popen[bytes] | None = None

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Greet an engine that attached itself."""
        self._engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Tell the version of the SDK that this host belongs to."""
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def About(self, request: language_pb2.AboutRequest, context: grpc.ServicerContext) -> language_pb2.AboutResponse:
        """Tell which Python runs the program."""
        version = ".".join(str(part) for part in sys.version_info[:3])
        return language_pb2.AboutResponse(executable=sys.executable, version=version)

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """List the providers to install beforehand: those whose SDK is here, but not one that is attached already."""
        return language_pb2.GetRequiredPackagesResponse(packages=required_packages(attached_providers()))

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """List what the project depends on, with the versions that are installed."""
        names = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in metadata.requires(DISTRIBUTION) or []]
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=name, version=metadata.version(name)) for name in names]
        )

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Install nothing: this host is there only because `make setup` has installed everything."""
        yield language_pb2.InstallDependenciesResponse(stdout=b"the dependencies are installed by `make setup`\n")

    def Run(self, request: language_pb2.RunRequest, context: grpc.ServicerContext) -> language_pb2.RunResponse:
        """Run the program to its end; `bail` says that the engine already knows why it failed."""
        if request.attach_debugger:
            return language_pb2.RunResponse(error="this language host can't attach a debugger; use the official one")
        request.args[:] = [self._engine]
        # -P: the program's directory must not shadow installed packages.
        command = [sys.executable, "-P", "-m", "range.provision.program"]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=request.pwd or None, env=environment) as program:
            self._program = program
            if not context.add_callback(program.terminate):
                program.terminate()
            assert program.stdin is not None
            # The pipe stays open: its end is how the program learns that this process is gone.
            program.stdin.write(request.SerializeToString().hex().encode() + b"\n")
            program.stdin.flush()
            status = program.wait()
        if status < 0:
            return language_pb2.RunResponse(error=f"the program was ended by {signal.Signals(-status).name}")
        if status not in {0, SHOWN}:
            return language_pb2.RunResponse(error=f"the program ended with exit status {status}")
        return language_pb2.RunResponse(bail=status == SHOWN)

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        """End the program; the engine was interrupted."""
        self.stop()
        return Empty()

    def stop(self) -> None:
        """End the program, if one runs."""
        if self._program is not None:
            self._program.terminate()


def attached_providers() -> frozenset[str]:
    """Name the providers that PULUMI_DEBUG_PROVIDERS attaches, such as a rehearsal's `aws:41234`."""
    pairs = os.environ.get("PULUMI_DEBUG_PROVIDERS", "").split(",")
    return frozenset(name for name, colon, _ in (pair.partition(":") for pair in pairs) if colon)


def required_packages(attached: frozenset[str]) -> list[plugin_pb2.PackageDependency]:
    """List the provider plugins that the installed SDKs speak to, each in the SDK's own version."""
    packages = []
    for distribution in metadata.distributions(path=sys.path):
        name = distribution.name.replace("-", "_")
        if not name.startswith("pulumi_"):
            continue
        plugin = json.loads(distribution.read_text(f"../{name}/pulumi-plugin.json") or "{}")
        if plugin.get("resource") and plugin["name"] not in attached:
            packages.append(
                plugin_pb2.PackageDependency(
                    name=plugin["name"], kind="resource", version=plugin["version"], server=plugin.get("server", "")
                )
            )
    return packages


def when_closed(pipe: int, then: Callable[[], object]) -> None:
    """Call `then`, from a thread, when the process that holds the other end of a pipe is gone."""

    def wait() -> None:
        while os.read(pipe, 4096):
            pass
        then()

    threading.Thread(target=wait, daemon=True).start()


def main() -> int:
    """Serve the engine whose address is the last argument, until it interrupts this process or is gone."""
    over = threading.Event()
    host = LanguageHost(sys.argv[-1])
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4),
        options=[("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.max_send_message_length", MESSAGE_BYTES)],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    when_closed(sys.stdin.fileno(), over.set)
    print(port, flush=True)
    over.wait()
    host.stop()
    server.stop(grace=None).wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
