"""Many services: which, in which order, by how many workers, and the board that shows where they all stand."""
