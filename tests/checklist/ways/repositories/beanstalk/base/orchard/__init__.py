"""The orchard."""
