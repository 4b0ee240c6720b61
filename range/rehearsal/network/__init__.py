"""The rehearsal's network: one private namespace, in which packets may do what EC2's state says and nothing else."""
