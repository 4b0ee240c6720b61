"""States that things pass through on their way: pending before available, deleting before deleted.

The call that begins a state enters the thing here; the next call that looks at it moves it one step on, and then shows it.
A refused call lets time pass, too: whoever only tries again isn't refused for ever. Nothing takes time of its own until a
latency profile says how long (`passing.delays_s`).
"""
