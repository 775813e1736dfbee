from cabinet.sectors.education import ELEMENTARY, HIGH_SCHOOL, K_TO_12
from cabinet.sectors.sector import Sector, ServiceType
from cabinet.tables.terms import GRADES, NeedRule

K_TO_8 = GRADES[GRADES.index("KG") : GRADES.index("08") + 1]
MIDDLE_AND_HIGH = GRADES[GRADES.index("06") : GRADES.index("12") + 1]

OUT_OF_SCHOOL_TIME = Sector(
    code="OUT_OF_SCHOOL_TIME",
    name="Out-of-school time",
    legal_basis="Parent or guardian consent; 21st CCLC (20 U.S.C. 7171-7176) where so funded",
    service_types=(
        ServiceType("AFTER_SCHOOL", "After school", 5, 13, K_TO_8, dosage_days=60),
        ServiceType("BEFORE_SCHOOL", "Before school", 5, 13, K_TO_8, NeedRule.IDENTIFIED, dosage_days=60),
        ServiceType("WEEKEND", "Weekend program", 5, 18, K_TO_12, dosage_days=15),
        ServiceType("SUMMER", "Summer program", 5, 18, K_TO_12, dosage_days=20),
        ServiceType("ACADEMIC_ENRICHMENT", "Academic enrichment", 5, 18, K_TO_12, dosage_days=30),
        ServiceType("STEM", "STEM", 5, 18, K_TO_12, dosage_days=20),
        ServiceType("ARTS_AND_MUSIC", "Arts and music", 5, 18, K_TO_12, dosage_days=20),
        ServiceType("SPORTS_AND_WELLNESS", "Sports and wellness", 5, 18, K_TO_12, dosage_days=20),
        ServiceType("MENTORING", "Mentoring", 8, 18, K_TO_12, NeedRule.IDENTIFIED, recency_months=1),
        ServiceType("YOUTH_DEVELOPMENT", "Youth development and service learning", 11, 18, MIDDLE_AND_HIGH),
        ServiceType("SUMMER_JOBS", "Internship and summer jobs", 14, 21, HIGH_SCHOOL),
        ServiceType("LITERACY", "Literacy", 5, 11, ELEMENTARY, NeedRule.IDENTIFIED, dosage_days=30),
        ServiceType("LIBRARY", "Library", 0, 18, recency_months=3),
        ServiceType("CHILD_CARE", "Child care", 0, 5),
    ),
)
