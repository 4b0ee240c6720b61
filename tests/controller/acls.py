"""An account that has nothing but a network with its ACLs."""

from __future__ import annotations

from typing import Any

from range.cloud.sessions import Account
from range.errors import CloudError


class Acls(Account):
    """Keeps entries by ACL, number and direction, and refuses a second one as EC2 does."""

    def __init__(self, *acls: str) -> None:
        self.id = "200000000002"
        self.entries: dict[tuple[str, int, bool], dict[str, Any]] = {}
        self.acls = list(acls)

    def call(self, service: str, operation: str, /, *, region: str | None = None, **parameters: Any) -> dict[str, Any]:
        key = (parameters["NetworkAclId"], parameters["RuleNumber"], parameters["Egress"])
        if operation == "create_network_acl_entry":
            if key in self.entries:
                raise CloudError("it is there", code="NetworkAclEntryAlreadyExists")
            self.entries[key] = parameters
        elif self.entries.pop(key, None) is None:
            raise CloudError("it isn't there", code="InvalidNetworkAclEntry.NotFound")
        return {}

    def pages(
        self, service: str, operation: str, /, *, region: str | None = None, **parameters: Any
    ) -> list[dict[str, Any]]:
        if operation == "describe_vpcs":
            return [{"Vpcs": [{"VpcId": "vpc-1"}] if self.acls else []}]
        return [{"NetworkAcls": [{"NetworkAclId": acl, "Entries": self._of(acl)} for acl in self.acls]}]

    def _of(self, acl: str) -> list[dict[str, Any]]:
        return [entry for key, entry in self.entries.items() if key[0] == acl]
