from tests.reviews.conftest import desk

__all__ = ["desk"]
