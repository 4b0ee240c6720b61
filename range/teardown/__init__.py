"""Clearing the way for a teardown, and finding what is left after it."""
