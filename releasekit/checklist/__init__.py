"""The template (YAML data, the 62 items) and facts to a checklist; pure. Knows what is asked; not who answered."""
