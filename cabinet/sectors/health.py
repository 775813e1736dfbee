from cabinet.sectors.sector import Sector, ServiceType
from cabinet.tables.terms import CharacteristicKind, NeedRule

BY_RULE, IDENTIFIED = NeedRule.BY_RULE, NeedRule.IDENTIFIED

HEALTH = Sector(
    code="HEALTH",
    name="Health",
    legal_basis="HIPAA Privacy Rule (45 CFR Parts 160 and 164)",
    service_types=(
        ServiceType("WELL_CHILD_VISIT", "Well-child visit", 0, 20, recency_months=12),
        ServiceType("IMMUNIZATION", "Immunization", 0, 18, recency_months=12),
        ServiceType("DENTAL", "Dental", 1, 20, recency_months=12),
        ServiceType("VISION", "Vision screening", 3, 18, recency_months=24),
        ServiceType("HEARING_SCREENING", "Hearing screening", 0, 18, recency_months=24),
        ServiceType("DEVELOPMENTAL_SCREENING", "Developmental screening", 0, 5, recency_months=12),
        ServiceType("BEHAVIORAL_HEALTH", "Behavioral health", 3, 20, need_rule=IDENTIFIED, recency_months=6),
        ServiceType(
            "NUTRITION",
            "Nutrition and meals",
            0,
            18,
            need_rule=BY_RULE,
            need_characteristics=(CharacteristicKind.ECONOMICALLY_DISADVANTAGED,),
            recency_months=1,
        ),
        ServiceType(
            "INSURANCE_ENROLLMENT", "Insurance enrollment", 0, 18, need_rule=IDENTIFIED, recency_months=12
        ),
        ServiceType("CARE_COORDINATION", "Care coordination", 0, 20, need_rule=IDENTIFIED, recency_months=6),
        ServiceType("ASTHMA_MANAGEMENT", "Asthma management", 0, 20, need_rule=IDENTIFIED, recency_months=12),
    ),
)
