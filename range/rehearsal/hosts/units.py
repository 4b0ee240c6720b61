"""The files of this machine that a host sees while it runs: systemd's units that carry out its first boot, and their scripts.

They are mounted below /run, where systemd looks for units, so that nothing has to be written to the host's disk from outside.
"""

from __future__ import annotations

from pathlib import Path

from range.rehearsal.hosts.first_boot import first_boot
from range.rehearsal.hosts.machines import Machine

_EARLY = """\
[Unit]
Description=Keys, users and names, as cloud-init sets them
DefaultDependencies=no
After=local-fs.target systemd-tmpfiles-setup.service
Before=basic.target ssh.service shutdown.target
Conflicts=shutdown.target
[Service]
Type=oneshot
RemainAfterExit=yes
StandardOutput=journal+console
ExecStart=/bin/sh /run/range/early
"""
_LATE = """\
[Unit]
Description=User data, as cloud-init carries it out
After=network-online.target ssh.service rsyslog.service
[Service]
Type=oneshot
RemainAfterExit=yes
StandardOutput=journal+console
TimeoutStartSec=infinity
ExecStart=/bin/sh /run/range/late
"""
_UNITS = {"early": (_EARLY, "sysinit.target"), "late": (_LATE, "multi-user.target")}
_WHERE = "/run/systemd/system"


def units(machine: Machine, folder: Path) -> list[tuple[Path, str]]:
    """Write a host's files below a folder; give what is to be mounted, and where."""
    scripts = folder / "scripts"
    scripts.mkdir(parents=True, exist_ok=True)
    boot = first_boot(machine)
    mounts = [(scripts, "/run/range")]
    for name, script in (("early", boot.early), ("late", boot.late)):
        (scripts / name).write_text(script, encoding="utf-8")
        content, target = _UNITS[name]
        unit = f"range-{name}.service"
        (folder / unit).write_text(content, encoding="utf-8")
        wants = folder / f"{target}.wants"
        wants.mkdir(exist_ok=True)
        link = wants / unit
        link.unlink(missing_ok=True)
        link.symlink_to(f"../{unit}")
        mounts += [(folder / unit, f"{_WHERE}/{unit}"), (wants, f"{_WHERE}/{target}.wants")]
    return mounts
