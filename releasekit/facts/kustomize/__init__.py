"""Kustomizations: bases, overlays, patches, and the images that are put in."""
