"""What is wrong with a community's linkage model, or with the want of one."""

from cabinet.errors.rows import InputInvalid


class LinkageUntrained(InputInvalid):
    """No linkage model is in use in this community: its children are matched by exact rules only."""

    code = "LINKAGE_UNTRAINED"
    hint = "Train one with `cabinet link train`, look at it with `cabinet link show`, then `cabinet link use`."


class TooLittleToLearn(InputInvalid):
    """The records of this community are too few, or of one source alone, to learn a linkage model from."""

    code = "TOO_LITTLE_TO_LEARN"
    hint = "Load the records of another source first; until then children are matched by exact rules."


class LinkageExtraMissing(InputInvalid):
    """Training a linkage model needs Splink and DuckDB, which are not installed here."""

    code = "LINKAGE_EXTRA_MISSING"
    hint = "Install the extra: pip install 'childrens-cabinet[linkage]'. Matching does without."


class ModelUnknown(InputInvalid):
    """This community has no linkage model of that version."""

    code = "MODEL_UNKNOWN"
    hint = "`cabinet link show` lists the versions."


class ModelOutdated(InputInvalid):
    """The linkage model was trained for other comparisons than this version of the server makes."""

    code = "MODEL_OUTDATED"
    hint = "Train the model anew with `cabinet link train`."
