"""What is wrong with a subscription, when it is opened or later."""

from cabinet.errors.base import CabinetError


class TooManySubscriptions(CabinetError):
    """More subscriptions are open than this server allows."""

    code, status = "TOO_MANY_SUBSCRIPTIONS", 429
    hint = "Close one that is no longer read, or ask the list from time to time instead."


class SubscriptionEnded(CabinetError):
    """The subscription cannot go on."""

    code, status = "SUBSCRIPTION_ENDED", 409
    hint = "Subscribe anew, then read the list again."


class SubscriptionBehind(SubscriptionEnded):
    """More changed than this subscriber has taken in time."""

    code = "SUBSCRIPTION_BEHIND"


class MembershipChanged(SubscriptionEnded):
    """What you may do here has changed since you subscribed."""

    code = "MEMBERSHIP_CHANGED"
    hint = "Subscribe anew, as whoever you are now."
