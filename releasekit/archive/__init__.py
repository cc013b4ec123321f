"""Bundles of runs: written, attested, verified, kept and compared. Of a run it only executes the notebook once more."""
