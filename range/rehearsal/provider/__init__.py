"""The resource provider of a rehearsal: one table of resource types over botocore calls, served to the real Pulumi engine."""
