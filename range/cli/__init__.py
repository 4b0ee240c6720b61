"""The command line: one file per command; no logic beyond ask, call, print."""
