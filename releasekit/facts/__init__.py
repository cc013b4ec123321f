"""Tree to facts, findings and change; pure. Knows what files say; asks nobody and runs nothing."""
