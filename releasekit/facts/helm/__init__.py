"""Helm charts, followed through their values into their templates; nothing is executed."""
