"""Transit gateways: shared between accounts, with attachments to accept, tables, and the routes that follow from them."""

from __future__ import annotations

from range.rehearsal.areas.gateways import attachments, gateways, routes, tables

OPERATIONS = {**gateways.OPERATIONS, **attachments.OPERATIONS, **tables.OPERATIONS, **routes.OPERATIONS}
