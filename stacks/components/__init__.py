"""What a stack is made of, one file per topic: frozen arguments, then resources as children of a component."""
