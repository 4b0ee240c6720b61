"""May whoever calls do what the call does? Every call is judged at the door, by every policy that bears on it."""
