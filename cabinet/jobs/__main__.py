"""The worker as a server starts it (`keeper`): with the server's settings, and its standard input tied to it."""

import asyncio
import logging
import sys

from cabinet.errors import CabinetError
from cabinet.jobs.worker import work
from cabinet.settings import LOG_FORMAT, Settings


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT)
    settings = Settings()
    try:
        asyncio.run(work(settings.database_url or "", settings, until_closed=sys.stdin.fileno()))
    except CabinetError as error:
        logging.getLogger("cabinet").warning("files that came in wait: %s", error)
        sys.exit(1)


if __name__ == "__main__":
    main()
