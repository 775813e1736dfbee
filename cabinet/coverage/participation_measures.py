"""The measures of what children get of a service, each named and versioned, with the sentence that defines it."""

from cabinet.coverage.measures import Measure, Polarity

SERVED_ENOUGH = Measure(
    "servedEnough",
    1,
    "Served, and present on as many days of the school year so far as the service's dosage asks, or met in the"
    " recency window; not given for a service without a dosage.",
    Polarity.BETTER,
    "served_enough",
)
EFFECTIVE_COVERAGE_RATE = Measure(
    "effectiveCoverageRate",
    1,
    "Served enough / in need; empty where nobody is in need, and not given for a service without a dosage.",
    Polarity.BETTER,
    "served_enough",
    "in_need",
)
MEDIAN_DAYS_WAITING = Measure(
    "medianDaysWaiting",
    1,
    "Median of the days that the children waitlisted have waited, each since the first day of the waitlist it came"
    " on first of those it is on; empty where nobody waits.",
    Polarity.WORSE,
    denominator="waitlisted",
    statistic="median_days_waiting",
)
PARTICIPANTS = Measure(
    "participants",
    1,
    "Children of the population, in need or not, present on a day of the school year so far in a program that"
    " gives the service.",
    numerator="participants",
)
PARTICIPANTS_OF_ANY = Measure(
    "participantsOfAny",
    1,
    "Children who are participants of at least one of the services asked for.",
    numerator="any_participants",
)
INTENSITY = Measure(
    "intensity",
    1,
    "Mean, over participants, of the days each was present a week, of the weeks from Monday on in which it was.",
    denominator="participants",
    statistic="intensity",
)
DURATION = Measure(
    "duration",
    1,
    "Mean, over participants, of the days each was present in the school year so far.",
    denominator="participants",
    statistic="duration",
)
BREADTH = Measure(
    "breadth",
    1,
    "Mean, over the participants of any, of how many of the services asked for each took part in.",
    numerator="participations",
    denominator="any_participants",
    statistic="breadth",
)
COULD_STAY = Measure(
    "couldStay",
    1,
    "Children of the population who were enrolled on a day of the school year before in a program that gives the"
    " service, and are not above its grades (grade known) or ages by now.",
    numerator="could_stay",
)
KEPT = Measure(
    "kept",
    1,
    "Of those who could stay, children with an enrollment active on the day in a program they were in the year"
    " before.",
    Polarity.BETTER,
    "kept",
)
RETENTION_RATE = Measure(
    "retentionRate",
    1,
    "Kept / could stay; empty where nobody could stay. Who left the community is in neither.",
    Polarity.BETTER,
    "kept",
    "could_stay",
)

EFFECTIVE_COVERAGE = (SERVED_ENOUGH, EFFECTIVE_COVERAGE_RATE)
WAITING = (MEDIAN_DAYS_WAITING,)
DOSAGE = (PARTICIPANTS, INTENSITY, DURATION, PARTICIPANTS_OF_ANY, BREADTH)
RETENTION = (COULD_STAY, KEPT, RETENTION_RATE)
