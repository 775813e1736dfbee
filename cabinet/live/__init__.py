"""Live data: who is told that something changed, and never of whose change they may not know.

The table `change` is read by snapshots, so that every change is told once, whatever order transactions end in.
"""
