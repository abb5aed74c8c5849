"""How a table comes in on the data page: where it is from, how its file is read, and what is repaired."""
