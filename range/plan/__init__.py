"""Pure: from an exercise and its address lock to everything that is decided before anything is made."""
