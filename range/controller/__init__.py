"""In which order things happen, on how many enclaves at once, and how that survives a kill."""
