"""Reads what matters to packets from the rehearsal's records of all accounts, while no call is answered."""
