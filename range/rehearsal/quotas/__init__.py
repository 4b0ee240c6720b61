"""How much AWS lets an account have: each quota with its default, and how a call is refused that would go over it.

The defaults are those of `range/facts/quotas.json`, which `range plan` counts with. A test or an exercise sets others.
"""
