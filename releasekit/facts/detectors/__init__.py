"""One module a technology family, independent of each other; each exports ``detect(files)``."""
