"""The table of resource types: how each is listed, what it lives in, and how it is deleted. One file per area."""
