"""The one warning of the estimators."""


class EstimateWarning(UserWarning):
    """An estimate that no distribution can have, or data on which the estimator's assumptions fail.

    The value is returned as computed: cutting it off at the bound would bias every average over it.
    """
