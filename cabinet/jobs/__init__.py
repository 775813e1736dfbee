"""Files that came in over HTTP: kept on disk, and taken in by the server process behind the answer."""
