"""Files that came in over HTTP: kept on disk, and taken in by a process of their own behind the answer."""
