"""The server a city's Children's Cabinet runs on. `cabinet.app` is the map of it."""
