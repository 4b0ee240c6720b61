"""What AWS refuses and moto doesn't: one file per area, one row per behaviour, all in `table.py`."""
