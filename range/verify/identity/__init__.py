"""The identity proof: who can do what to whom across enclaves' borders, and who could undo the isolation itself."""
