"""Signed results: an in-toto statement in a DSSE envelope, made here and verified anywhere, without a range or a network."""
