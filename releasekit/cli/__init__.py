"""Verbs to functions; the only room that prints or exits."""
