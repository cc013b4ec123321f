"""Project files, pipelines and command lines, as several detectors read them."""
