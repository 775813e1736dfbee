"""For whom services are, by ages and grades, and which of them are for everybody whom another is for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ForWhom:
    """Ages and grades: a child's grade counts where it is known and there are grades, its age otherwise."""

    ages: tuple[int, int] | None = None
    grades: frozenset[str] = frozenset()

    def covers(self, other: "ForWhom") -> bool:
        """Whether it is for everybody whom the other is for, whatever children there are."""
        if bool(self.grades) != bool(other.grades) or not other.grades <= self.grades:
            return False
        if other.ages is None or self.ages is None:
            return other.ages is None
        return self.ages[0] <= other.ages[0] and other.ages[1] <= self.ages[1]
