"""`cabinet worker`: the process that takes in what was sent to the servers, by hand."""

import asyncio
import logging

from cabinet.cli.console import clear_errors, database_url, out
from cabinet.jobs.worker import work
from cabinet.settings import LOG_FORMAT, Settings


def worker() -> None:
    """Take in the files that servers have received in the data folder, until Ctrl-C.

    `cabinet serve` starts such a process by itself. Run your own where it is to have another machine's or
    container's cores, on the same data folder, and set CABINET_IMPORT_WORKER=false for the servers.
    """
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT)
    settings = Settings()
    with clear_errors(), database_url(settings) as url:
        out.print("Taking in files. Ctrl-C ends it.")
        asyncio.run(work(url, settings))
