"""`range`: finds the command, and turns every error into an exit code and a message that says what to type next."""

from __future__ import annotations

import gc
import importlib
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from range.cli import output
from range.errors import InputError, Interrupted, RangeError
from range.heap import share_arenas

COMMANDS: Mapping[str, str] = {
    "validate": "Check the exercise file alone.",
    "plan": "Show what would change per stack, addresses, flows, quotas and cost per hour.",
    "up": "Bring the exercise up; what is up already stays as it is.",
    "verify": "Prove for every pair of enclaves that exactly the declared flows exist, and that nobody reaches across by rights.",
    "check": "Say go or no-go for every ally, with the reason and the next command.",
    "session": "Open and close a session.",
    "freeze": "Cut an enclave's network now, without touching it; --team red stops the attackers everywhere.",
    "thaw": "Undo exactly what a freeze did; a quarantine is given back by a CLEAN reset alone.",
    "configure": "Make every host what its role says, by Ansible; a second run changes nothing.",
    "image": "Build and prune golden images: one configured image per role, from which hosts are made.",
    "drill": "Let red attack one target of each ally, harmlessly, and show that sensor and collector saw it.",
    "events": "Show what the collector holds of one ally: whose it is, is what the sender's certificate says.",
    "ssh": "Log in to a host through the bastion of the management zone, or run a command there.",
    "reset": "Take enclaves back to their baseline, then prove it.",
    "evidence": "Make one signed bundle for one ally: proof, receipts, alerts, what was kept, and how to verify them.",
    "receipt": "Verify a signed receipt, anywhere: no network, no range.",
    "worker": "Join the controllers that share RANGE_DATABASE, and take steps of theirs until Ctrl-C.",
    "status": "Show each enclave's phase, since when, and what is next.",
    "down": "Tear down, then prove that nothing is left.",
    "bootstrap": "Make what must be there before the first `up`, once per organisation.",
    "doctor": "Say what is missing on this machine or account, and the command that mends it.",
    "log": "Show who typed what, when, and how it ended.",
    "rehearse": "Rehearse all of it on a throw-away rehearsal cloud, ending with a report.",
    "rehearsal": "Start, stop, ask for or enter the rehearsal cloud of this directory.",
}
"""Every command and its one line of help; the module of the same name is imported when it is typed."""

HELP = "A shared cloud defence range for allied nations: provision, prove, reset and tear down, rehearsed offline."
EPILOG = "SPEC is the exercise file; RANGE_SPEC names it too. Without `--cloud aws`, nothing leaves this machine."


class Commands(TyperGroup):
    """The commands of `COMMANDS`, each loaded when it is needed."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name them in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load one; None for a name that isn't there."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"range.cli.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        command.help = command.help or COMMANDS[cmd_name]
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that was typed; for a wrong name, list the valid ones."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise InputError(f"there is no command {args[0]!r}", hint=f"valid: {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the table into the help without loading any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def run(arguments: Sequence[str]) -> int:
    """Run one command; give its exit code."""
    output.answer.as_json = "--json" in arguments
    group = Commands(
        name="range",
        help=HELP,
        epilog=EPILOG,
        rich_markup_mode=None,
    )
    try:
        code = int(group.main(args=list(arguments), prog_name="range", standalone_mode=False) or 0)
    except RangeError as error:
        output.failure(error)
        return error.exit_code
    except typer.TyperException as error:
        output.failure(InputError(error.format_message(), hint=_usage(error)))
        return InputError.exit_code
    except typer.Abort:
        if not output.answer.given:
            output.failure(Interrupted("interrupted"))
        return Interrupted.exit_code
    except BrokenPipeError:
        return 1  # whoever read it has gone
    except OSError as error:
        output.failure(RangeError(str(error), hint="`range doctor` says what is missing on this machine"))
        return 1
    except Exception as error:  # noqa: BLE001 - the trace is told; whoever reads the JSON gets JSON all the same
        output.note(traceback.format_exc())
        hint = "this is a defect of range: please report it"
        output.failure(RangeError(f"{type(error).__name__}: {error}", hint=hint))
        return 1
    if code == Interrupted.exit_code and output.answer.as_json and not output.answer.given:
        output.failure(Interrupted("interrupted"))  # typer makes an exit of a Ctrl-C
    return code


def _usage(error: Any) -> str:
    """Say how the command is typed."""
    context = getattr(error, "ctx", None)
    return f"`{context.command_path} --help` shows what is valid" if context else "`range --help` shows what is valid"


def main() -> None:
    """Run the command that was typed and leave with its exit code."""
    # pulumi_aws alone is half a million objects that stay: looking through them again and again took a fifth of `up`
    gc.set_threshold(100_000, 50, 1000)
    share_arenas()
    output.writable()
    code = output.written(run(sys.argv[1:]))
    gc.freeze()  # nor need it be looked through once more at the end: half a second
    sys.exit(code)


if __name__ == "__main__":
    main()
