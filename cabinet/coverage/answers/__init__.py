"""The questions of the cabinet, one a file: each gathers counts, protects them as one, and then derives."""
