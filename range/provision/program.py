"""One run of a Pulumi program, in a process of its own that the language host starts.

The first line of stdin is the engine's request, in hexadecimal; then stdin stays open for as long as the host lives.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import traceback
from pathlib import Path

from pulumi import RunError
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2

from range.errors import RangeError
from range.provision.language import SHOWN, when_closed


def run(path: Path) -> None:
    """Run a program as `python PATH` would; what it raises becomes one message that an operator can read.

    Raises:
        RunError: the program failed. Our own errors keep their message and hint, others come with a traceback.
    """
    sys.argv = [str(path)]
    try:
        runpy.run_path(str(path), run_name="__main__")
    except RunError:
        raise
    except RangeError as error:
        raise RunError(str(error)) from error
    except Exception as error:
        raise RunError(f"the program failed:\n{readable_traceback(error)}") from error


def readable_traceback(error: Exception) -> str:
    """Format a traceback from the program's own first line on, without the machinery that called it."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename in {__file__, "<frozen runpy>", runpy.__file__}:
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames or error.__traceback__))


def main() -> int:
    """Run the program that stdin asks for; 0 when it ended well, SHOWN when the engine was told why it didn't."""
    # The engine interrupts the whole group when it is done with the host, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe = os.fdopen(os.dup(0), "rb", buffering=0)
    request = language_pb2.RunRequest.FromString(bytes.fromhex(pipe.readline().decode()))
    when_closed(pipe.fileno(), lambda: os._exit(1))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    program = Path(request.info.program_directory, request.info.entry_point)
    response = LanguageServer(lambda: run(program)).Run(request, None)  # type: ignore[no-untyped-call]
    return SHOWN if response.error else 0


if __name__ == "__main__":
    sys.exit(main())
