"""The rows of the resource table, a module per area of AWS."""
