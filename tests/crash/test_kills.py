# SPDX-License-Identifier: Apache-2.0
"""Power cuts at random times. MMSGATE_CRASH_ROUNDS: how many (scripts/crash-soak has a thousand); MMSGATE_CRASH_SEED: again as then."""

import os
import random
import time
from pathlib import Path

from wreck import wrecked

ROUNDS = int(os.environ.get("MMSGATE_CRASH_ROUNDS", "60"))
SEED = int(os.environ.get("MMSGATE_CRASH_SEED", str(random.SystemRandom().randrange(10**9))))
LATEST = 0.25  # seconds after the work began; by then most of it is done


def test_kills_at_random_times_lose_and_double_nothing(tmp_path: Path):
    chance = random.Random(SEED)
    print(f"MMSGATE_CRASH_SEED={SEED}")
    with wrecked(tmp_path) as wreck:
        for number in range(ROUNDS):
            for act in (wreck.receive, wreck.send, wreck.send_picture, wreck.call_within, wreck.post):
                act(number)
            time.sleep(chance.random() * LATEST)  # no test waits here: this is the moment of the power cut
            wreck.restart()
            if number % 10 == 9:
                wreck.settle()
        wreck.settle()
        wreck.check()
