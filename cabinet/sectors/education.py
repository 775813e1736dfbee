from cabinet.sectors.sector import Sector, ServiceType
from cabinet.tables.terms import GRADES, CharacteristicKind, NeedRule

K_TO_12 = GRADES[GRADES.index("KG") : GRADES.index("12") + 1]
ELEMENTARY = GRADES[GRADES.index("KG") : GRADES.index("05") + 1]
HIGH_SCHOOL = GRADES[GRADES.index("09") : GRADES.index("12") + 1]

BY_RULE, IDENTIFIED = NeedRule.BY_RULE, NeedRule.IDENTIFIED

EDUCATION = Sector(
    code="EDUCATION",
    name="Education",
    legal_basis="FERPA (20 U.S.C. 1232g; 34 CFR Part 99)",
    service_types=(
        ServiceType("TUTORING", "Tutoring", 5, 18, K_TO_12, IDENTIFIED, dosage_days=30),
        ServiceType("READING_INTERVENTION", "Reading intervention", 5, 11, ELEMENTARY, IDENTIFIED, dosage_days=60),
        ServiceType(
            "SPECIAL_EDUCATION",
            "Special education services",
            3,
            21,
            need_rule=BY_RULE,
            need_characteristics=(CharacteristicKind.IEP,),
        ),
        ServiceType(
            "ENGLISH_LEARNER_SERVICES",
            "English-learner services",
            5,
            21,
            K_TO_12,
            BY_RULE,
            (CharacteristicKind.ENGLISH_LEARNER,),
        ),
        ServiceType(
            "TITLE_I",
            "Title I",
            5,
            18,
            K_TO_12,
            BY_RULE,
            (CharacteristicKind.ECONOMICALLY_DISADVANTAGED,),
        ),
        ServiceType("CAREER_AND_TECHNICAL", "Career and technical education", 14, 19, HIGH_SCHOOL),
        ServiceType("COUNSELING", "Counseling", 5, 18, K_TO_12, IDENTIFIED, recency_months=12),
        ServiceType(
            "ATTENDANCE_SUPPORT",
            "Attendance and dropout prevention",
            5,
            19,
            K_TO_12,
            BY_RULE,
            (CharacteristicKind.CHRONICALLY_ABSENT,),
            recency_months=3,
        ),
        ServiceType("SUMMER_BRIDGE", "Summer bridge", 13, 18, ("08", "09", "12"), dosage_days=15),
        ServiceType("COLLEGE_ADVISING", "College advising", 16, 19, ("11", "12"), recency_months=12),
        ServiceType("PRE_KINDERGARTEN", "Pre-kindergarten", 3, 4, ("PK", "TK"), dosage_days=120),
    ),
)
