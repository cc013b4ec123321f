"""What a migration does to data and locks, read as a syntax tree, never run. Knows migrations; knows no release."""
