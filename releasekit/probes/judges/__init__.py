"""One module a source of evidence, independent of each other; each exports functions from Request to Judgement."""
