"""The hand-offs between stages: one frozen model each, and nothing that acts."""
