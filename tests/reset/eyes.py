"""What tests see of a host, by its own tools and nothing of the product; what passes by itself is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

EYES = """
cd / && find etc usr/local usr/bin usr/sbin root home srv opt tmp var/spool/cron -xdev -printf '%M %U:%G %l %p\\n' | sort
find etc usr/local usr/bin usr/sbin root home srv opt var/spool/cron -xdev -type f -exec sha256sum {} + | sort
cut -d: -f1,3,7 etc/passwd; cut -d: -f1,2 etc/shadow; systemctl list-unit-files --no-legend; ss -Hltn | awk '{print $4}' | sort
"""
PASSING = (
    *(".ansible", ".cache", "systemd-private", "etc/hosts", "resolv.conf", "ld.so.cache", "machine-id", "adjtime"),
    *("tmp/eve.json", "tmp/suricata.log"),  # what `suricata -T` leaves
)


def seen(as_root: Callable[[str, str], str], hosts: Iterable[str]) -> set[str]:
    """Give what is on hosts, line by line; `as_root` runs a script on one, and gives what it printed."""
    lines = {f"{host} {line}" for host in hosts for line in as_root(host, EYES).splitlines()}
    return {line for line in lines if not any(word in line for word in PASSING)}
