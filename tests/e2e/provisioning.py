# SPDX-License-Identifier: Apache-2.0
"""`mmsgate provision` as tests run it."""

import json
import subprocess
from typing import Any

from house.house import House


def provision(house: House, *arguments: str, answers: str = "", code: int = 0,
              env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`answers`: what is typed."""
    done = subprocess.run([house.gateway.program, "provision", *arguments, "--config-file", house.gateway.config],
                          input=answers, capture_output=True, text=True, timeout=60, env=env, cwd=house.folder)
    assert done.returncode == code, done.stderr + done.stdout
    return done


def phones(house: House, *arguments: str) -> list[dict[str, Any]]:
    return json.loads(provision(house, "--json", *arguments).stdout)["phones"]


def url_for(house: House, *arguments: str) -> str:
    (phone,) = phones(house, *arguments)
    return phone["url"]
