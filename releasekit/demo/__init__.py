"""The example service, laid out as a git repository with the reports that a CI would have left. Judges nothing."""
