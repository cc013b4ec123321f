"""Release notebooks: what this release of this service needs, checked, done and kept on record."""
