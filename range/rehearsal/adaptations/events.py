"""EventBridge: events of calls come from the trail, for all services alike, and say whose they are.

moto sends one of its own for new buckets, and leaves the account out of every event.
"""

from __future__ import annotations

from moto.events import notifications
from moto.events.utils import EventTemplateParser


def adapt() -> None:
    """Change moto's EventBridge."""
    notifications._send_safe_notification = _leave_it_to_the_trail  # type: ignore[assignment]
    template = EventTemplateParser.DEFAULT_EVENT_INPUT_TEMPLATE
    EventTemplateParser.DEFAULT_EVENT_INPUT_TEMPLATE = template.replace("{", '{"account": "<account>", ', 1)


def _leave_it_to_the_trail(*_: object) -> None:
    """Send nothing."""
