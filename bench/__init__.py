"""How fast and how big: `make bench` measures, prints, and writes the table of README.md."""
