"""Arithmetic over many cells, beside the requests: one answer at a time, so that others go on meanwhile."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_WORKING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="protecting")


async def beside(work: Callable[[], T]) -> T:
    """Do the work in its turn and return what it returns."""
    return await asyncio.get_running_loop().run_in_executor(_WORKING, work)
