"""The network proof: for every pair of zones exactly the declared flows, or the resource that breaks it."""
