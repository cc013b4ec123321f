"""The document's blocks, live, as ipywidgets. Holds no state: it subscribes to a run."""
