"""Asks the outside world and returns typed data or raises SourceError. Judges nothing."""
