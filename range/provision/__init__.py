"""Bringing stacks up and down; the only user of the Pulumi Automation API."""
