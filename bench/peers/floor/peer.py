"""The floor: what the same SQL costs with next to nothing around it."""

import sys

from bench.peers.ours.peer import Ours


class Floor(Ours):
    """Asked exactly as our server is, so that the bodies that are read are the same."""

    name = "floor"

    def command(self, port: int) -> list[str]:
        told = (self.bench.url, port, self.page, self.bench.settings.pool_size)
        return [sys.executable, "-m", "bench.peers.floor.app", *map(str, told)]
