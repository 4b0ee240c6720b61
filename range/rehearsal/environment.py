"""What a shell needs for any AWS client, and for Pulumi, to work on the rehearsal cloud and on nothing else."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from range.rehearsal.administration import Credentials
from range.rehearsal.record import Rehearsal

_LOOPBACK = "127.0.0.1,localhost,::1"


def environment(
    rehearsal: Rehearsal,
    operator: Credentials,
    *,
    spec: Path,
    home: Path,
    ssh_key: Path,
    region: str,
    programs: Path,
    path: str,
    entry: str | None = None,
    hostless: str | None = None,
) -> dict[str, str]:
    """Give the variables that `range rehearsal env` exports. `programs` is `.venv/bin`; `path` is today's PATH.

    `entry` is the private address of the host from which others are configured; RANGE_ENTRY is a command of SSH's
    ProxyCommand that connects from there. `hostless` says in words for people why there are no machines to log in to;
    RANGE_HOSTLESS is then exported instead.

    The proxy variables point at the rehearsal, which refuses to be one: a call to any other address is an error.
    """
    folder = home.absolute()
    connect = (sys.executable, "-m", "range.rehearsal.relay", "--home", str(folder / "rehearsal"), "--from", entry)
    return {
        **({"RANGE_ENTRY": f"{shlex.join(map(str, connect))} %h %p"} if entry and not hostless else {}),
        **({"RANGE_HOSTLESS": hostless} if hostless else {}),
        "AWS_ENDPOINT_URL": rehearsal.endpoint,
        "AWS_ACCESS_KEY_ID": operator.access_key,
        "AWS_SECRET_ACCESS_KEY": operator.secret,
        "AWS_SESSION_TOKEN": "",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "RANGE_SPEC": str(spec.absolute()),
        "RANGE_HOME": str(folder),
        "RANGE_SSH_KEY": str(ssh_key.absolute()),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(folder / "passphrase"),
        # by hand there is no stack configuration: the state says how its secrets are encrypted
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{rehearsal.provider_port}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        **dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), rehearsal.endpoint),
        "NO_PROXY": _LOOPBACK,
        "no_proxy": _LOOPBACK,
        "PATH": path if path.split(os.pathsep, maxsplit=1)[0] == str(programs) else f"{programs}{os.pathsep}{path}",
    }
