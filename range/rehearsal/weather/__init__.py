"""The weather of a rehearsal: how long calls and states take, how many calls are let through, and what goes wrong.

It is calm until somebody asks for something else. What was asked for is kept with the rehearsal, and the same seed brings the
same faults.
"""
