"""Composes parameters, tree, facts, change and checklist into a Plan. Command line, notebook and batch enter here."""
