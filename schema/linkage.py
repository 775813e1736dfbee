from datetime import datetime

import strawberry

from cabinet.sectors import SectorCode
from resolvers import linkage as resolve
from schema.figures import Count


@strawberry.type(description="A source of children's records.")
class LinkedSource:
    code: str
    name: str
    sector: SectorCode
    records: Count = strawberry.field(description="Children it has records of.")


@strawberry.type(
    description="How two sources' records of the same children are linked, and what is expected of it by the"
    " model's own probabilities. Shares are null where the counts they are of are withheld."
)
class LinkageQuality:
    sources: list[LinkedSource] = strawberry.field(description="The two sources.")
    linked: Count = strawberry.field(description="Children that both have a record of.")
    for_review: Count = strawberry.field(description="Pairs of records that a person has to look at.")
    match_rate: float | None = strawberry.field(
        description="Share of the smaller source's records that are linked."
    )
    precision: float | None = strawberry.field(description="Share of the links that is expected to be true.")
    recall: float | None = strawberry.field(description="Share of the true pairs that is expected to be linked.")
    recall_with_review: float | None = strawberry.field(description="The same when people find those in review.")
    model_version: int
    as_of: datetime = strawberry.field(description="When all records were matched last.")


@strawberry.type
class LinkageQuery:
    linkage_quality = strawberry.field(
        resolver=resolve.linkage_quality,
        graphql_type=list[LinkageQuality],
        description="How well every two sources that share children are linked, by the last `cabinet link run`.",
    )
