"""The whole of what the API says, put together."""

from collections.abc import Iterator
from typing import Any

import strawberry
from strawberry.extensions import SchemaExtension, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from cabinet.read.document import read_document
from schema.children import Child, ChildrenQuery
from schema.communities import Community, CommunityQuery, Neighborhood, School
from schema.coverage import CoverageQuery
from schema.enrollments import Enrollment, EnrollmentsMutation, EnrollmentsQuery
from schema.live import LiveSubscription
from schema.services import Organization, Program
from schema.viewer import ViewerQuery

Query = merge_types("Query", (ViewerQuery, CommunityQuery, ChildrenQuery, EnrollmentsQuery, CoverageQuery))
Mutation = merge_types("Mutation", (EnrollmentsMutation,))
Subscription = merge_types("Subscription", (LiveSubscription,))


class Api(strawberry.Schema):
    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """Leave the logging of errors to the endpoint, which knows the request they belong to."""


class KnownDocument(SchemaExtension):
    """Take the document as `cabinet.read.document` has parsed and measured it already."""

    def on_parse(self) -> Iterator[None]:
        self.execution_context.graphql_document = read_document(self.execution_context.query or "")
        yield


api = Api(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Child, Community, Enrollment, Neighborhood, Organization, Program, School],
    extensions=[KnownDocument, ValidationCache],
    config=StrawberryConfig(enable_experimental_incremental_execution=False),
)
