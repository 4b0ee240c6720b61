"""The resolver's firewall: which names a VPC's resolver answers, since groups and ACLs don't see what it asks."""

from __future__ import annotations

from range.rehearsal.areas.resolver_firewall import associations, domains, rules, tags

OPERATIONS = {**domains.OPERATIONS, **rules.OPERATIONS, **associations.OPERATIONS, **tags.OPERATIONS}
