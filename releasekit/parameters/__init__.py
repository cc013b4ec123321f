"""YAML to frozen Parameters, and where each key stood; every bad key at once. Reads no repository."""
