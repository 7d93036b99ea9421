"""A family of language models trained by this project, from 42 thousand to 2 million parameters.

They read bytes, they share one architecture, one text and one schedule, and of two sizes the whole training is kept
in twelve checkpoints. `infolib.lm.load("zoo/859k")` and `load("zoo/497k@step-1000")` load them without a network; the
card, with what they were trained on and how well they do, is `infolib/zoo/README.md`.
"""

from infolib.zoo.family import Member, find, members

__all__ = ["Member", "find", "members"]
