"""A team's way into its own hosts for as long as a session lasts: one SSH key, on them and, for passing through, on the bastion.

The key is in a file of its own that sshd reads beside the others, so configuring a host changes nothing about it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from range.cloud.ssh import HostName, Ways
from range.errors import CloudError

KEYS = "/etc/ssh/session_keys_{user}"
"""The file of a user's session keys; `sshd_config.d/10-range.conf` names it."""
_AT_ONCE = 8
_TIMEOUT_S = 30.0


def let_in(ways: Ways, hosts: Iterable[HostName], public: str) -> Mapping[HostName, str]:
    """Let a team log in to its hosts as the user of its enclave; gives the hosts that couldn't be told, and why."""
    names = tuple(hosts)
    passing = _through(ways, names, public)
    failed = _each(ways, names, lambda name: f"cat > {_file(name.enclave)} && chmod 644 {_file(name.enclave)}", public)
    return {**failed, **_on_bastion(ways, names, passing)}


def put_out(ways: Ways, hosts: Iterable[HostName]) -> Mapping[HostName, str]:
    """Take a team's key off its hosts and the bastion, and end what it runs there; gives the hosts that couldn't be told."""
    names = tuple(hosts)

    def gone(name: HostName) -> str:
        return f"rm -f {_file(name.enclave)}; pkill -KILL -u {shlex.quote(name.enclave)}; true"

    return {**_each(ways, names, gone, ""), **_on_bastion(ways, names, "")}


def _through(ways: Ways, names: Iterable[HostName], public: str) -> str:
    """Give the bastion's line: the key opens connections to these hosts' SSH, and nothing else, not even a shell."""
    addresses = [str(ways.hosts[name].address) for name in names]
    allowed = ",".join(f'permitopen="{address}:22"' for address in addresses)
    return f'restrict,port-forwarding,{allowed},command="/usr/sbin/nologin" {public}'


def _on_bastion(ways: Ways, names: tuple[HostName, ...], line: str) -> Mapping[HostName, str]:
    """Put a team's line on the bastion in the place of the one that it had; an empty one takes it away."""
    if not names:
        return {}
    bastion, file = ways.bastion, _file(ways.bastion.enclave)
    ours = shlex.quote(f" {comment(names[0].enclave)}$")
    script = f"touch {file}; {{ grep -v {ours} {file}; cat; }} > {file}.new; chmod 644 {file}.new; mv {file}.new {file}"
    return _each(ways, (bastion,), lambda _: script, line)


def comment(enclave: str) -> str:
    """Give what a team's key is called."""
    return f"range-session-{enclave}"


def _file(user: str) -> str:
    return shlex.quote(KEYS.format(user=user))


def _each(
    ways: Ways, names: tuple[HostName, ...], script: Callable[[HostName], str], stdin: str
) -> Mapping[HostName, str]:
    """Run a script on hosts as root, side by side; gives why it failed where it did."""

    def one(name: HostName) -> str | None:
        try:
            ran = ways.run(name, ["sudo", "-n", "sh", "-c", script(name)], timeout_s=_TIMEOUT_S, stdin=stdin)
        except CloudError as error:
            return error.message
        return None if ran.code == 0 else ran.stderr.strip() or f"it ended with {ran.code}"

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="login") as pool:
        told = dict(zip(names, pool.map(one, names), strict=True))
    return {name: why for name, why in told.items() if why is not None}
