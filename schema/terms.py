"""The vocabularies as enums of the API."""

import strawberry

from cabinet.access import Action, Level
from cabinet.coverage.dimensions import Dimension
from cabinet.intake.receipt import Verdict
from cabinet.sectors import SectorCode
from cabinet.tables.terms import (
    AttendanceCategory,
    CharacteristicKind,
    CharacteristicValue,
    EnrollmentStatus,
    ImportState,
    MatchAct,
    NeedRule,
    RaceEthnicity,
    ReferralStatus,
    ReviewReason,
    ReviewState,
    Role,
    Sex,
    WithdrawnKind,
)

strawberry.enum(Action, description="What can be asked of a community.")
strawberry.enum(Level, name="AccessLevel", description="How much of a community's children a role sees.")
strawberry.enum(Dimension, description="What a population can be broken down by.")
strawberry.enum(Verdict, description="What became of a posted row.")
strawberry.enum(SectorCode, name="Sector", description="A field of work whose records are held together.")
strawberry.enum(AttendanceCategory, description="Whether a child was there.")
strawberry.enum(CharacteristicKind, description="A dated characteristic of a child.")
strawberry.enum(CharacteristicValue, description="What is known of a characteristic.")
strawberry.enum(EnrollmentStatus, description="Where an enrollment stands.")
strawberry.enum(ImportState, description="Where the taking in of a file stands.")
strawberry.enum(MatchAct, description="What was done about who is the same child.")
strawberry.enum(NeedRule, description="How a service type's need is known.")
strawberry.enum(RaceEthnicity, description="OMB SPD-15 (2024) categories, as many as apply.")
strawberry.enum(ReferralStatus, description="Where a referral stands: sent, answered, closed, or taken back.")
strawberry.enum(ReviewReason, description="Why a person has to look at a record.")
strawberry.enum(ReviewState, description="Whether a review was decided.")
strawberry.enum(Role, description="What somebody is to a community.")
strawberry.enum(Sex, description="Sex as recorded.")
strawberry.enum(WithdrawnKind, description="What kind of record can be withdrawn.")
