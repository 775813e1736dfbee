import pytest

from cabinet.linkage.training import train
from tests.linkage.people import Town, compared, sources


@pytest.fixture(scope="session")
def town() -> Town:
    school, clinic = sources(750)
    left, right = compared(school), compared(clinic)
    return Town(left, right, {**school.child, **clinic.child}, train((left, right)))
