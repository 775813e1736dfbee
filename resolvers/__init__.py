"""Viewer in, call cabinet, value out: the same file names as in `schema`."""
