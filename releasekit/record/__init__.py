"""Executes, opens and exports notebooks. The only room that knows Papermill, nbconvert and nbformat."""
