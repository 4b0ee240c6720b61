"""The independent witness: what is in an account. It shares no code with what provisions, lists, sweeps or deletes."""
