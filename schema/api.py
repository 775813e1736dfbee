"""The whole of what the API says, put together."""

from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    execute,
    specified_rules,
    validate,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.tools import merge_types

from schema.children import Child, ChildrenQuery
from schema.communities import Community, CommunityQuery, Neighborhood, School
from schema.coverage import CoverageQuery
from schema.enrollments import Enrollment, EnrollmentsMutation, EnrollmentsQuery
from schema.services import Organization, Program
from schema.viewer import ViewerQuery

Query = merge_types("Query", (ViewerQuery, CommunityQuery, ChildrenQuery, EnrollmentsQuery, CoverageQuery))
Mutation = merge_types("Mutation", (EnrollmentsMutation,))


class Api(strawberry.Schema):
    """Strawberry's schema, with graphql-core's steps one by one: what parses and is valid is known beforehand."""

    def introspects(self, document: DocumentNode) -> bool:
        """Tell whether a document asks for `__schema` or `__type`."""
        return bool(validate(self._schema, document, [NoSchemaIntrospectionCustomRule]))

    def validate(self, document: DocumentNode, *, hide_suggestions: bool) -> list[GraphQLError]:
        return validate(self._schema, document, specified_rules, hide_suggestions=hide_suggestions)

    async def run(
        self,
        document: DocumentNode,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        context: object,
        *,
        hide_suggestions: bool,
    ) -> ExecutionResult:
        """Execute a document that `validate` had nothing against."""
        result = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=variables,
            operation_name=operation_name,
            executor_class=StrawberryGraphQLCoreExecutionContext,
            hide_suggestions=hide_suggestions,
        )
        return result if isinstance(result, ExecutionResult) else await result


api = Api(
    query=Query,
    mutation=Mutation,
    types=[Child, Community, Enrollment, Neighborhood, Organization, Program, School],
    config=StrawberryConfig(enable_experimental_incremental_execution=False),
)
