"""What can be the matter with a saved view."""

from cabinet.errors.rows import InputInvalid


class ViewChanged(InputInvalid):
    """Somebody saved another version of the view in the meantime."""

    code = "VIEW_CHANGED"
    hint = "Look at the latest version, and save yours based on that."


class ViewBroken(InputInvalid):
    """The view refers to something there is no more."""

    code = "VIEW_BROKEN"
    hint = "`view { problems }` says what is gone; save the view anew without it."
