"""The rehearsal cloud: an AWS on loopback that keeps what it was told, and refuses what AWS refuses."""
