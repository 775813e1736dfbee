"""The children of a whole community matched: a model is trained, put to use, run over all records, and judged."""
