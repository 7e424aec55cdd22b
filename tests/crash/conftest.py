# SPDX-License-Identifier: Apache-2.0
"""The households of tests/e2e, whose gateway is killed here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sim"))
