"""How an operation is executed by its resolvers: as graphql-core does it, but for thousands of rows at a time."""

from typing import Any, NamedTuple

from graphql import GraphQLOutputType, GraphQLResolveInfo, get_named_type, get_nullable_type, is_list_type
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from cabinet.read.lifting import Rows, put_back
from cabinet.read.writing import list_writer_of, writer_of


class Plain(NamedTuple):
    """A value, or a list of values, whose fields and those below are what the schema promises.

    They are attributes, or follow from the value alone. It is written beside other requests, and without a look at
    what every value turns out to be.
    """

    value: Any


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Puts the rows that were lifted out of the variables back among them, and writes plain values at once."""

    def __init__(self, *args: Any, rows: Rows, **settings: Any) -> None:
        super().__init__(*args, **settings)
        put_back(self.variable_values.coerced, rows)

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Complete a value; a plain one by functions that are made for what is asked of it."""
        if type(result) is Plain:
            make = list_writer_of if is_list_type(get_nullable_type(return_type)) else writer_of
            write = make(self.collect_subfields, get_named_type(return_type), field_details_list)
            return write(result.value)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)
