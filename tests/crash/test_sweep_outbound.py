# SPDX-License-Identifier: Apache-2.0
"""A power cut at every step of what phones send: to a stranger, with a picture, and to another extension."""

from pathlib import Path

from wreck import wrecked


def test_a_crash_at_any_step_of_a_text_that_goes_out_loses_and_doubles_nothing(tmp_path: Path):
    with wrecked(tmp_path) as wreck:
        steps = wreck.sweep(wreck.send)
    assert steps > 15, "the steps are not where they were"


def test_a_crash_at_any_step_of_a_picture_that_goes_out_loses_and_doubles_nothing(tmp_path: Path):
    with wrecked(tmp_path) as wreck:
        steps = wreck.sweep(wreck.send_picture)
    assert steps > 20, "the steps are not where they were"


def test_a_crash_at_any_step_between_extensions_loses_and_doubles_nothing(tmp_path: Path):
    with wrecked(tmp_path) as wreck:
        steps = wreck.sweep(wreck.call_within)
    assert steps > 15, "the steps are not where they were"
