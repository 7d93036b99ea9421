"""Entropy and mutual information from samples: counts, labels and points.

Everything here estimates: the true distribution is not known. Where it is known, use the measures of `infolib` itself.
All values are in nats unless `base` is given.
"""

from infolib.estimators._contingency_results import IndependenceTest, InformationInterval
from infolib.estimators._coverage import estimated_outcomes
from infolib.estimators._warning import EstimateWarning
from infolib.estimators.contingency import (
    adjusted_mutual_information,
    bootstrap_interval,
    expected_mutual_information,
    independence_test,
    mutual_information_from_contingency,
    mutual_information_from_samples,
)
from infolib.estimators.counts import entropy_from_counts
from infolib.estimators.knn import (
    conditional_knn_mutual_information,
    discrete_continuous_mutual_information,
    knn_entropy,
    ksg_mutual_information,
    lnc_mutual_information,
    mixed_mutual_information,
)
from infolib.estimators.nsb import NSBEntropy, nsb_entropy

__all__ = [
    "EstimateWarning",
    "IndependenceTest",
    "InformationInterval",
    "NSBEntropy",
    "adjusted_mutual_information",
    "bootstrap_interval",
    "conditional_knn_mutual_information",
    "discrete_continuous_mutual_information",
    "entropy_from_counts",
    "estimated_outcomes",
    "expected_mutual_information",
    "independence_test",
    "knn_entropy",
    "ksg_mutual_information",
    "lnc_mutual_information",
    "mixed_mutual_information",
    "mutual_information_from_contingency",
    "mutual_information_from_samples",
    "nsb_entropy",
]
