"""Which settings and secrets the code reads, and which of them somebody must give."""
