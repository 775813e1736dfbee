"""The command line: `cabinet --help` lists it."""
