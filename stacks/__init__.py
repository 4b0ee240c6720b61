"""What exists in the cloud, as Pulumi programs: one for the hub, one for every enclave."""
