"""The documents that are asked of our schema."""

from cabinet.read.document import Documents
from schema.api import api

documents = Documents(api.graphql)
