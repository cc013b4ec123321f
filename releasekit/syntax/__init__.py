"""Bytes to nodes with line numbers, under budgets. Knows formats; knows nothing of releases."""
