"""The exercise file: its models, loading with errors that name line and field, and its JSON Schema."""
