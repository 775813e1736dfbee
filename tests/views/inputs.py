"""Inputs as GraphQL would make them of what a client sends."""

from typing import Any

from graphql import GraphQLInputType
from graphql.utilities import coerce_input_value
from strawberry.types.arguments import convert_argument

from schema.api import api
from schema.populations import PopulationInput


def population_input(said: dict[str, Any]) -> PopulationInput:
    """Coerce a value by the schema, and make the input of it."""
    kind = api.graphql.type_map["PopulationInput"]
    assert isinstance(kind, GraphQLInputType)
    coerced = coerce_input_value(said, kind)
    made: PopulationInput = convert_argument(
        coerced, PopulationInput, api.schema_converter.scalar_registry, api.config
    )
    return made
