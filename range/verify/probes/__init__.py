"""Live probes: packets between hosts, by the flow table, to see whether the cloud does what the proof says of it."""
