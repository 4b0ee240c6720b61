"""The only door to AWS: who may enter, what is there, and how it is deleted."""
