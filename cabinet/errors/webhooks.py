"""What is wrong with a webhook: its address, or how its receiver answers."""

from cabinet.errors.base import CabinetError
from cabinet.errors.rows import InputInvalid


class WebhookUrlInvalid(InputInvalid):
    """This cannot be the address of a webhook."""

    code = "WEBHOOK_URL_INVALID"
    hint = "Give an address such as https://example.org/cabinet, without user, password and fragment."


class WebhookFailed(CabinetError):
    """The event could not be delivered to the webhook; it is tried again, until it is given up."""

    code, status = "WEBHOOK_FAILED", 502
    hint = "`cabinet outbox dead` lists what was given up; `cabinet outbox retry` sends it again."


class WebhookAddressForbidden(WebhookFailed):
    """The webhook's name leads into a private network, where nothing is delivered."""

    code = "WEBHOOK_ADDRESS_FORBIDDEN"
    hint = "Give the receiver a public address, or set CABINET_WEBHOOK_PRIVATE=true if it is meant to be inside."


class WebhookUnreachable(WebhookFailed):
    """The webhook's receiver cannot be reached, or ends the connection without an answer."""

    code = "WEBHOOK_UNREACHABLE"
    hint = "Check the receiver's name, port and certificate from this machine."


class WebhookTimeout(WebhookFailed):
    """The webhook's receiver did not answer in time."""

    code, status = "WEBHOOK_TIMEOUT", 504
    hint = "Let the receiver put the event aside, answer 204, and work on it afterwards."


class WebhookRefused(WebhookFailed):
    """The webhook's receiver answered with another status than 2xx; redirects are not followed."""

    code = "WEBHOOK_REFUSED"
    hint = "Let the receiver answer 200 or 204, at the very address that is registered."
