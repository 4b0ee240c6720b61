"""From what AWS's API lists to the model: one function per kind of thing, and a doubt for what it can't judge."""
