"""Every error a person or a program can meet, in one tree.

    CabinetError
    ├── RequestError            the request itself cannot be read           400
    │   ├── MethodNotAllowed                                               405
    │   ├── BodyTooLarge                                                   413
    │   ├── BodyTimeout                                                    408
    │   ├── UnsupportedMediaType                                           415
    │   ├── NotAcceptable                                                  406
    │   ├── EventStreamNeeded   a subscription, asked for as JSON          406
    │   ├── HeadersTooLarge                                                431
    │   └── DocumentInvalid     the GraphQL document                       400
    │       ├── IntrospectionForbidden  PersistedQueryNotFound
    │       └── DocumentTooLarge
    │           ├── TooManyOperations  DocumentTooDeep  TooManyRootFields  TooManyFields
    │           └── TooManyAliases  TooManyDirectives  PageTooLarge  CostTooHigh
    ├── TokenInvalid            who are you?                               401
    ├── Forbidden               we know you, and you may not               403
    │   └── DocumentNotTrusted  DevelopmentOnly
    ├── NotFound                unknown, or not yours to know              404
    ├── InputInvalid            readable, but it cannot be meant           422
    │   ├── TooManyRows
    │   ├── IdempotencyKeyReused  ImportEnded
    │   ├── WebhookUrlInvalid  MatchInvalid  MatchRowRefused  ViewChanged  ViewBroken
    │   ├── LinkageUntrained  TooLittleToLearn  LinkageExtraMissing  ModelUnknown  ModelOutdated
    │   └── RowProblem          one row of a post or a file; the rest go on
    │       ├── RowInvalid  DateInvalid  EndsBeforeBegins
    │       ├── ColumnMissing  ColumnUnknown  ColumnTaken  LayoutTaken
    │       ├── CodeUnknown  ProgramUnknown  ProgramNotYours  SupplyNotYours
    │       ├── ServiceNotYours  ReferenceUnknown
    │       ├── NeighborhoodUnknown  SchoolUnknown
    │       ├── ChildUnknown  ChildAmbiguous  IdentityIncomplete
    │       ├── EnrollmentUnknown  EnrollmentMade  EnrollmentContradicted  ProgramFull
    │       └── DuplicateRow  VersionConflict  AlreadyEnrolled  BatchRefused
    ├── TooManySubscriptions                                               429
    ├── SubscriptionEnded       an open subscription cannot go on          409
    │   └── SubscriptionBehind  MembershipChanged
    ├── MatchDecided            somebody else was first                    409
    │   └── MatchUndone  MatchOvertaken
    ├── FileUnreadable          a file cannot be taken in at all           422
    │   └── PackageInvalid  TooManyAbsent
    ├── WebhookFailed           an event did not reach its webhook         502
    │   ├── WebhookAddressForbidden  WebhookUnreachable  WebhookRefused
    │   └── WebhookTimeout                                                 504
    ├── StartupError            the server cannot start                    500
    │   ├── PortTaken  DataFolderUnusable  EmbeddedMissing
    │   └── DatabaseNotMigrated  ManifestInvalid  OriginInvalid
    ├── ImportGivenUp           a file was begun again and again           500
    ├── DatabaseUnavailable  TooManyExports  TooManyUploads                503
    ├── TimeoutExceeded                                                    504
    ├── DiskFull                                                           507
    └── InternalError           our fault; internals stay in the log       500

A class's docstring is its default message and the text of docs/errors.md.
"""

from cabinet.errors.base import CabinetError, all_errors
from cabinet.errors.imports import DiskFull, ImportEnded, ImportGivenUp, SupplyNotYours, TooManyUploads
from cabinet.errors.linkage import (
    LinkageExtraMissing,
    LinkageUntrained,
    ModelOutdated,
    ModelUnknown,
    TooLittleToLearn,
)
from cabinet.errors.live import MembershipChanged, SubscriptionBehind, SubscriptionEnded, TooManySubscriptions
from cabinet.errors.requests import (
    BodyTimeout,
    BodyTooLarge,
    CostTooHigh,
    DevelopmentOnly,
    DocumentInvalid,
    DocumentNotTrusted,
    DocumentTooDeep,
    DocumentTooLarge,
    EventStreamNeeded,
    Forbidden,
    HeadersTooLarge,
    IntrospectionForbidden,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    PageTooLarge,
    PersistedQueryNotFound,
    RequestError,
    TokenInvalid,
    TooManyAliases,
    TooManyDirectives,
    TooManyFields,
    TooManyOperations,
    TooManyRepeats,
    TooManyRootFields,
    UnsupportedMediaType,
)
from cabinet.errors.reviews import MatchDecided, MatchInvalid, MatchOvertaken, MatchRowRefused, MatchUndone
from cabinet.errors.rows import (
    AlreadyEnrolled,
    BatchRefused,
    ChildAmbiguous,
    ChildUnknown,
    CodeUnknown,
    ColumnMissing,
    ColumnTaken,
    ColumnUnknown,
    DateInvalid,
    DuplicateRow,
    EndsBeforeBegins,
    EnrollmentContradicted,
    EnrollmentMade,
    EnrollmentUnknown,
    FileUnreadable,
    IdempotencyKeyReused,
    IdentityIncomplete,
    InputInvalid,
    LayoutTaken,
    NeighborhoodUnknown,
    NothingWithdrawn,
    PackageInvalid,
    ProgramFull,
    ProgramNotYours,
    ProgramUnknown,
    ReferenceUnknown,
    RowInvalid,
    RowProblem,
    SchoolUnknown,
    ServiceNotYours,
    TooManyAbsent,
    TooManyRows,
    VersionConflict,
)
from cabinet.errors.server import (
    DatabaseNotMigrated,
    DatabaseUnavailable,
    DataFolderUnusable,
    EmbeddedMissing,
    InternalError,
    ManifestInvalid,
    OriginInvalid,
    PortTaken,
    StartupError,
    TimeoutExceeded,
    TooManyExports,
)
from cabinet.errors.views import ViewBroken, ViewChanged
from cabinet.errors.webhooks import (
    WebhookAddressForbidden,
    WebhookFailed,
    WebhookRefused,
    WebhookTimeout,
    WebhookUnreachable,
    WebhookUrlInvalid,
)

__all__ = [
    "AlreadyEnrolled",
    "BatchRefused",
    "BodyTimeout",
    "BodyTooLarge",
    "CabinetError",
    "ChildAmbiguous",
    "ChildUnknown",
    "CodeUnknown",
    "ColumnMissing",
    "ColumnTaken",
    "ColumnUnknown",
    "CostTooHigh",
    "DataFolderUnusable",
    "DatabaseNotMigrated",
    "DatabaseUnavailable",
    "DateInvalid",
    "DevelopmentOnly",
    "DiskFull",
    "DocumentInvalid",
    "DocumentNotTrusted",
    "DocumentTooDeep",
    "DocumentTooLarge",
    "DuplicateRow",
    "EmbeddedMissing",
    "EndsBeforeBegins",
    "EnrollmentContradicted",
    "EnrollmentMade",
    "EnrollmentUnknown",
    "EventStreamNeeded",
    "FileUnreadable",
    "Forbidden",
    "HeadersTooLarge",
    "IdempotencyKeyReused",
    "IdentityIncomplete",
    "ImportEnded",
    "ImportGivenUp",
    "InputInvalid",
    "InternalError",
    "IntrospectionForbidden",
    "LayoutTaken",
    "LinkageExtraMissing",
    "LinkageUntrained",
    "ManifestInvalid",
    "MatchDecided",
    "MatchInvalid",
    "MatchOvertaken",
    "MatchRowRefused",
    "MatchUndone",
    "MembershipChanged",
    "MethodNotAllowed",
    "ModelOutdated",
    "ModelUnknown",
    "NeighborhoodUnknown",
    "NotAcceptable",
    "NotFound",
    "NothingWithdrawn",
    "OriginInvalid",
    "PackageInvalid",
    "PageTooLarge",
    "PersistedQueryNotFound",
    "PortTaken",
    "ProgramFull",
    "ProgramNotYours",
    "ProgramUnknown",
    "ReferenceUnknown",
    "RequestError",
    "RowInvalid",
    "RowProblem",
    "SchoolUnknown",
    "ServiceNotYours",
    "StartupError",
    "SubscriptionBehind",
    "SubscriptionEnded",
    "SupplyNotYours",
    "TimeoutExceeded",
    "TokenInvalid",
    "TooLittleToLearn",
    "TooManyAbsent",
    "TooManyAliases",
    "TooManyDirectives",
    "TooManyExports",
    "TooManyFields",
    "TooManyOperations",
    "TooManyRepeats",
    "TooManyRootFields",
    "TooManyRows",
    "TooManySubscriptions",
    "TooManyUploads",
    "UnsupportedMediaType",
    "VersionConflict",
    "ViewBroken",
    "ViewChanged",
    "WebhookAddressForbidden",
    "WebhookFailed",
    "WebhookRefused",
    "WebhookTimeout",
    "WebhookUnreachable",
    "WebhookUrlInvalid",
    "all_errors",
]
