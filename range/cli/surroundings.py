"""Where a command finds itself: this directory, its exercise, and the cloud that it speaks to."""

from __future__ import annotations

import getpass
import os
import secrets
import shlex
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from range.cli import output
from range.cli.options import CloudName
from range.errors import EnvironmentMissing
from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.layout import MANAGEMENT_ZONE
from range.plan.lock import lock_path, read
from range.records.plan import Plan
from range.spec.loading import load

if TYPE_CHECKING:
    from range.cloud.ssh import Ways
    from range.controller.site import Setting
    from range.rehearsal.record import Rehearsal

WHENEVER = datetime.min.replace(tzinfo=UTC)
"""For commands that don't mind a lease that has ended: what stands must come down also afterwards."""

WITHOUT_HOSTS = "hosts are left out: instances are records, and no machine runs (--no-hosts)"
"""What results and reports say of a rehearsal that was told to do without."""

PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
"""A rehearsal has credentials of its own; where one of these names what isn't in ~/.aws, AWS's clients refuse all work."""


def home(cloud: CloudName = CloudName.rehearsal) -> Path:
    """Give the folder of what this directory keeps; what stands on AWS is never mixed with a rehearsal."""
    folder = Path(os.environ.get("RANGE_HOME") or ".range").absolute()
    return folder / "aws" if cloud is CloudName.aws else folder


def plan(spec: Path, *, now: datetime = WHENEVER) -> Plan:
    """Read the exercise file and the addresses beside it, and plan; nothing is written."""
    exercise = load(spec, now=now)
    return plan_of(exercise, allot(exercise, read(lock_path(spec))))


def who() -> str:
    """Name who types: the user, by number where the machine has no name for them, and the machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def words() -> str:
    """Give what was typed."""
    return shlex.join(["range", *sys.argv[1:]])


def as_typed(spec: Path, cloud: CloudName) -> str:
    """Give what follows a command that is proposed: the file, and the cloud, as a shell takes them."""
    return shlex.quote(str(spec)) + (" --cloud aws" if cloud is CloudName.aws else "")


def enter(spec: Path, planned: Plan, cloud: CloudName, *, as_it_is: bool = False, hosts: bool | None = None) -> Path:
    """Make this process speak to the cloud that was asked for, and give its home.

    A rehearsal's organisation is bootstrapped, unless it shall be left `as_it_is`.

    Raises:
        EnvironmentMissing: the surroundings contradict what was asked for.
    """
    if cloud is CloudName.aws:
        return _enter_aws(planned)
    rehearse(spec, planned, as_it_is=as_it_is, hosts=hosts)
    return home()


def rehearse(spec: Path, planned: Plan, *, as_it_is: bool = False, hosts: bool | None = None) -> dict[str, str]:
    """Make this process speak to the directory's rehearsal cloud, and give what a shell needs to do so too.

    Starts one where none runs, makes the exercise's accounts there, and bootstraps them; what is done already costs
    one request.
    """
    from range.controller.keys import key_pair
    from range.rehearsal.administration import accounts, set_quotas
    from range.rehearsal.environment import environment
    from range.rehearsal.process import start

    folder = home()
    _prepare(folder)
    running = start(folder, hosts=hosts)
    members = {enclave.name: enclave.account for enclave in (planned.hub, *planned.enclaves)}
    operator = accounts(running, planned.management_account, members)
    if planned.quotas:
        held = set_quotas(running, {})  # not every quota that a plan looks at can be gone over in a rehearsal
        set_quotas(running, {name: limit for name, limit in planned.quotas.items() if name in held})
    variables = environment(
        running,
        operator,
        spec=spec,
        home=folder,
        ssh_key=key_pair(folder, planned.exercise),
        region=planned.region,
        programs=Path(sys.prefix, "bin"),
        path=os.environ.get("PATH", os.defpath),
        entry=_entry(planned) if running.hosts else None,
        hostless=None if running.hosts else WITHOUT_HOSTS,
    )
    if "PULUMI_BACKEND_URL" in os.environ:
        variables["PULUMI_BACKEND_URL"] = os.environ["PULUMI_BACKEND_URL"]
    for name in (*PROFILES, "RANGE_ENTRY", "RANGE_HOSTLESS"):  # of another rehearsal, or of how this one was before
        os.environ.pop(name, None)
    os.environ.update(variables)
    if not as_it_is:
        _bootstrap(planned, operator.organisation, folder / "rehearsal" / "bootstrapped")
    return variables


def running() -> Rehearsal:
    """Find the rehearsal cloud that runs for this directory.

    Raises:
        EnvironmentMissing: none runs here.
    """
    from range.rehearsal.process import status

    found = status(home())
    if found is None:
        raise EnvironmentMissing("no rehearsal cloud runs here", hint="`range rehearsal start` starts one")
    return found


def _entry(planned: Plan) -> str | None:
    """Give the address of the host from which the others are configured: the first of the hub's management zone."""
    return next((str(host.address) for host in planned.hub.hosts if host.zone == MANAGEMENT_ZONE), None)


def with_hosts(cloud: CloudName) -> bool:
    """Say whether what was entered has machines: AWS does, and a rehearsal unless it was told not to."""
    from range.rehearsal.process import status

    running = None if cloud is CloudName.aws else status(home())
    return running is None or running.hosts


def setting(spec: Path, planned: Plan, folder: Path) -> Setting:
    """Open the doors to the engine and to AWS; the process must have entered the cloud.

    Raises:
        CloudError: the caller's credentials belong to an account that the exercise file doesn't list.
    """
    from range.cloud.sessions import Sessions
    from range.controller.site import Setting
    from range.controller.strangers import accounts_of_strangers, plan_of_all_that_stand
    from range.provision.cli import linked_cli
    from range.provision.engine import Engine, EngineSettings

    backend = os.environ["PULUMI_BACKEND_URL"]
    key = None if "AWS_ENDPOINT_URL" in os.environ else os.environ.get("RANGE_SECRETS_PROVIDER")
    settings = EngineSettings(
        spec=spec.absolute(), home=folder, backend_url=backend, pulumi=linked_cli(), secrets_provider=key
    )
    engine = Engine(settings)
    gone = accounts_of_strangers(planned, engine)
    sessions = Sessions.of_plan(planned, also=gone.values())
    sessions.caller()
    standing = planned
    if gone:
        exercise = load(spec, now=WHENEVER)
        standing = plan_of_all_that_stand(exercise, read(lock_path(spec)), planned, gone, engine)
    return Setting(
        spec.absolute(),
        planned,
        folder,
        backend,
        engine,
        sessions,
        gone,
        standing,
        ways=ways(planned, folder),
        hostless=hostless(),
        database=_database(),
    )


def ways(planned: Plan, folder: Path) -> Ways | None:
    """Give the ways to the hosts; None where `hostless` says why there are none."""
    if os.environ.get("RANGE_HOSTLESS"):
        return None
    from range.cloud.ssh import Ways

    entry = os.environ.get("RANGE_ENTRY") or _tunnel(planned)
    return Ways(planned, folder=folder / planned.exercise / "ssh", key=Path(os.environ["RANGE_SSH_KEY"]), entry=entry)


def ways_or_refuse(planned: Plan, folder: Path) -> Ways:
    """Give the ways to the hosts.

    Raises:
        EnvironmentMissing: there are no hosts to log in to.
    """
    found = ways(planned, folder)
    if found is None:
        raise EnvironmentMissing(
            f"there is no host to log in to: {hostless()}", hint="`range doctor` says what is missing"
        )
    return found


def hostless() -> str:
    """Say why there are no hosts to log in to."""
    return os.environ.get("RANGE_HOSTLESS", "")


def _tunnel(planned: Plan) -> str:
    """Give what leads to the bastion on AWS: a tunnel through the hub's Instance Connect endpoint.

    Source: AWS CLI command reference, "ec2-instance-connect open-tunnel" (read 2026-11-28).
    """
    hub = planned.hub.account
    return (
        f"{shlex.quote(sys.executable)} -m range.cloud.tunnel {shlex.quote(planned.region)} {hub} "
        f"{shlex.quote(planned.controller_role)} {shlex.quote(planned.external_id)} %h %p"
    )


def _database() -> str | None:
    """Give the database that several controllers share, if RANGE_DATABASE names one.

    Raises:
        EnvironmentMissing: it isn't PostgreSQL's.
    """
    url = os.environ.get("RANGE_DATABASE") or None
    if url is not None and not url.startswith(("postgresql://", "postgres://")):
        raise EnvironmentMissing(
            f"RANGE_DATABASE names no PostgreSQL server: {url.partition(':')[0]}",
            hint="export RANGE_DATABASE=postgresql://USER@HOST:PORT/NAME; without it, one controller keeps an SQLite file",
        )
    return url


def _bootstrap(planned: Plan, organisation: str, done: Path) -> None:
    """Bootstrap a rehearsal's organisation, unless `done` says that this very one is, for these accounts and role."""
    accounts = sorted(enclave.account for enclave in (planned.hub, *planned.enclaves))
    mark = " ".join((organisation, planned.controller_role, planned.external_id, planned.hub.account, *accounts))
    if done.exists() and done.read_text() == mark:
        return
    from range.cloud.bootstrap import bootstrap

    output.note(f"bootstrapping the rehearsal's organisation: {len(accounts)} accounts")
    bootstrap(planned)
    done.write_text(mark)


def _prepare(folder: Path) -> None:
    """Make the folder of the state, for its owner alone, and the passphrase that its secrets are encrypted with.

    Raises:
        EnvironmentMissing: nothing can be kept there.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "state").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentMissing(
            f"nothing can be kept in {folder}: {error.strerror}",
            hint="export RANGE_HOME=FOLDER, one that you can write to",
        ) from error
    passphrase = folder / "passphrase"
    if not passphrase.exists():
        descriptor = os.open(passphrase, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))


def _enter_aws(planned: Plan) -> Path:
    """Check that this process would really speak to AWS, and to a state whose secrets a key of AWS protects."""
    if "AWS_ENDPOINT_URL" in os.environ:
        raise EnvironmentMissing(
            f"--cloud aws was asked for, but AWS_ENDPOINT_URL points at {os.environ['AWS_ENDPOINT_URL']}",
            hint="use a shell in which `range rehearsal env` was not evaluated",
        )
    if not os.environ.get("RANGE_SECRETS_PROVIDER"):
        raise EnvironmentMissing(
            "on AWS the state's secrets are encrypted by a KMS key, and none is named",
            hint="export RANGE_SECRETS_PROVIDER='awskms://alias/NAME?region=REGION'",
        )
    from range.controller.keys import SSH_KEY, key_pair

    os.environ.pop("RANGE_HOSTLESS", None)
    folder = home(CloudName.aws)
    _prepare(folder)
    os.environ.setdefault("PULUMI_BACKEND_URL", f"file://{folder / 'state'}")
    os.environ["PULUMI_SKIP_UPDATE_CHECK"] = "true"
    os.environ[SSH_KEY] = str(key_pair(folder, planned.exercise))
    return folder
