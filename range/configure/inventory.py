"""The inventory: which hosts there are, how they are come by, and what their roles are told. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from range.configure.surveyor import MARK
from range.plan.inputs import role_inputs
from range.records.plan import Enclave, Host, Plan

Variables = dict[str, Any]
PYTHON = f"/usr/bin/env {MARK.decode()}{{{{ range_run }}}} /usr/bin/python3"
"""The Python of hosts, with the mark by which the controller finds what a run that was stopped is still at."""


@dataclass(frozen=True)
class Files:
    """What roles are given as files: paths on the controller, never what is in them."""

    authority: Path
    """The certificate of the exercise's authority."""
    certificate: Callable[[Host], Path]
    """A host's certificate, with its key."""
    ssh_config: Path


def inventory(plan: Plan, enclave: Enclave, files: Files) -> Variables:
    """Give an enclave's inventory in Ansible's own form: a group per role, hosts as SSH's configuration names them."""
    hosts = {
        f"{host.name}.{enclave.name}": {
            **role_inputs(plan, enclave, host),
            "foundation_certificate": str(files.certificate(host)),
        }
        for host in enclave.hosts
    }
    return inventory_of(hosts, files.authority, files.ssh_config)


def inventory_of(hosts: Variables, authority: Path, ssh_config: Path) -> Variables:
    """Give the inventory of hosts whose variables are known, by the names that SSH knows them by."""
    groups: dict[str, Variables] = {}
    for name, told in hosts.items():
        groups.setdefault(told["range_role"], {"hosts": {}})["hosts"][name] = told
    return {
        "all": {
            "vars": {
                "ansible_python_interpreter": PYTHON,
                "mitogen_mask_remote_name": True,
                "ansible_ssh_common_args": f"-F '{ssh_config}'",
                "foundation_authority": str(authority),
            },
            "children": groups,
        }
    }
