"""A source's answer and an expectation to Evidence: pure judgement, and a catalog by name. Asks nobody itself."""
