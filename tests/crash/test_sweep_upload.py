# SPDX-License-Identifier: Apache-2.0
"""A power cut at every step of a script's picture on its way to a phone: file, rows, yes."""

from pathlib import Path

from wreck import wrecked


def test_a_crash_at_any_step_of_a_scripts_picture_loses_and_doubles_nothing(tmp_path: Path):
    with wrecked(tmp_path) as wreck:
        steps = wreck.sweep(wreck.post)
    assert steps > 20, "the steps are not where they were"
