"""Warm kernels: forked from a process that has imported everything before. Knows nothing of releases."""
