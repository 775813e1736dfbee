"""The whole of what the API says, put together."""

from collections.abc import AsyncGenerator
from inspect import isawaitable
from typing import Any

import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, execute, subscribe
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.tools import merge_types

from cabinet.read.executor import Executor
from cabinet.read.lifting import NO_ROWS, Rows
from schema.attendance import AttendanceMutation
from schema.behind import BehindQuery
from schema.capacity import CapacityMutation
from schema.catalog import CatalogMutation, CatalogQuery
from schema.children import Child, ChildrenQuery
from schema.communities import Community, CommunityQuery, Neighborhood, School
from schema.coverage import CoverageQuery
from schema.encounters import EncountersMutation
from schema.enrollments import Enrollment, EnrollmentsMutation, EnrollmentsQuery
from schema.imports import ImportsMutation, ImportsQuery
from schema.linkage import LinkageQuery
from schema.live import LiveSubscription
from schema.measures import MeasuresQuery
from schema.needs import NeedsMutation
from schema.participation import ParticipationQuery
from schema.populations import PopulationsMutation, PopulationsQuery
from schema.referrals import ReferralsMutation, ReferralsQuery
from schema.reviews import ReviewsMutation, ReviewsQuery
from schema.services import Organization, Program
from schema.viewer import ViewerQuery
from schema.views import ViewsMutation, ViewsQuery
from schema.withdrawals import WithdrawalsMutation, WithdrawalsQuery

Query = merge_types(
    "Query",
    (
        *(ViewerQuery, CommunityQuery, ChildrenQuery, EnrollmentsQuery, ReferralsQuery, CoverageQuery),
        *(ImportsQuery, LinkageQuery, ReviewsQuery, MeasuresQuery, PopulationsQuery, CatalogQuery),
        *(ViewsQuery, ParticipationQuery, BehindQuery, WithdrawalsQuery),
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        EnrollmentsMutation,
        AttendanceMutation,
        EncountersMutation,
        NeedsMutation,
        ReferralsMutation,
        CapacityMutation,
        WithdrawalsMutation,
        ImportsMutation,
        ReviewsMutation,
        PopulationsMutation,
        CatalogMutation,
        ViewsMutation,
    ),
)
Subscription = merge_types("Subscription", (LiveSubscription,))


class Api(strawberry.Schema):
    """Strawberry's schema, executed by graphql-core itself: what parses and is valid is known beforehand."""

    @property
    def graphql(self) -> GraphQLSchema:
        """Return graphql-core's schema, which Strawberry shows under no public name."""
        return self._schema

    async def run(
        self,
        document: DocumentNode,
        variables: dict[str, Any] | None,
        context: object,
        rows: Rows = NO_ROWS,
        *,
        hide_suggestions: bool,
    ) -> ExecutionResult:
        """Execute the one operation of a document that validation had nothing against, by its resolvers.

        `rows` are those of posts that were taken out of the variables (`cabinet.read.lifting`).
        """
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=variables,
            executor_class=Executor,
            hide_suggestions=hide_suggestions,
            rows=rows,
        )
        return result if isinstance(result, ExecutionResult) else await result

    async def listen(
        self, document: DocumentNode, variables: dict[str, Any] | None, context: object
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Execute a subscription that validation had nothing against, event by event."""
        subscribed = subscribe(
            self._schema,
            document,
            context_value=context,
            variable_values=variables,
            executor_class=StrawberryGraphQLCoreExecutionContext,
        )
        results = await subscribed if isawaitable(subscribed) else subscribed
        if isinstance(results, ExecutionResult):
            yield results
            return
        try:
            async for result in results:
                yield result
        finally:
            if isinstance(results, AsyncGenerator):
                await results.aclose()


api = Api(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Child, Community, Enrollment, Neighborhood, Organization, Program, School],
    config=StrawberryConfig(enable_experimental_incremental_execution=False),
)
