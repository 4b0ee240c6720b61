"""Who changed what, and when: every management call that changes something, as CloudTrail records it.

The book also remembers client tokens, since it has the answer that each first got.
"""
