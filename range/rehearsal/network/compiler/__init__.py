"""From EC2's state to nftables: pure, and without a line of what proves the isolation, which would else prove itself."""
