"""docs/weaknesses.md, made from what the roles say of their weaknesses."""

from __future__ import annotations

from collections.abc import Iterator

from range.spec.rules.hosts import ROLES
from range.spec.weaknesses import weaknesses

HEAD = """\
# Deliberate weaknesses

What red may find on the targets, made from `playbooks/roles/*/weaknesses.yml`. Each is there unless the exercise
file says otherwise:

```yaml
hosts:
  web: {role: target_web, zone: targets, image: debian-13, weaknesses: {default-credentials: false}}
```

`range configure` brings a change to the hosts, and leaves the enclave `provisioned`; `range up` proves it, records its
baseline anew and makes it `ready` again. Techniques are those of MITRE ATT&CK; a sensor's alerts carry them in
`alert.metadata.mitre_technique_id`. Red's side is the script `range-attack` on the attackers' hosts: `range-attack
--list`. It refuses every address outside the exercise's supernet, and the id of an action shows in what sensors see.
"""


def page() -> str:
    """Give the page."""
    return "\n".join((HEAD, *_sections()))


def _sections() -> Iterator[str]:
    for role in ROLES:
        found = weaknesses(role)
        if not found:
            continue
        yield f"## {role}"
        for name, weakness in found.items():
            yield f"### {name} ({weakness.technique})"
            yield f"{weakness.what}\n\n*Why:* {weakness.why}\n\n*Found by:* {weakness.found_by}\n"
