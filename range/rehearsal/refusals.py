"""How the rehearsal cloud says no: with AWS's own code, message and status."""

from __future__ import annotations


class Refusal(Exception):
    """AWS would refuse this call; the code and the message are AWS's."""

    def __init__(self, code: str, message: str, *, status: int | None = None) -> None:
        """Keep code and message; without a status it is the one of the service's model, or 400."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
