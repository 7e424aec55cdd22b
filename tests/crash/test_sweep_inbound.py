# SPDX-License-Identifier: Apache-2.0
"""A power cut at every step of a stranger's picture on its way to a phone: the first step, the second, up to the last."""

from pathlib import Path

from wreck import wrecked


def test_a_crash_at_any_step_of_a_picture_that_comes_loses_and_doubles_nothing(tmp_path: Path):
    with wrecked(tmp_path) as wreck:
        steps = wreck.sweep(wreck.receive)
    assert steps > 20, "the steps are not where they were"
