"""Back to the baseline: what isn't declared goes, what is declared is as it was, hosts get the disk they had."""
