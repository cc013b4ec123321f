"""Objectives and samples to a verdict with its sentence. Asks nobody."""
