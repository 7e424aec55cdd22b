# SPDX-License-Identifier: Apache-2.0
"""scripts/run, as a new user starts it from another folder. The sandbox has tests of its own."""

import os
import signal
import stat
import subprocess
from pathlib import Path

import pytest
from house import http
from house.ports import free_ports, own_address
from house.process import Process, wait_until

RUN = Path(__file__).resolve().parents[2] / "scripts" / "run"
BUILDING = 900.0  # seconds: the first time, it builds


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([RUN, *arguments], cwd=folder, capture_output=True, text=True, timeout=BUILDING)


@pytest.mark.parametrize(("arguments", "said"), [
    (["--turbo"], "scripts/run knows no --turbo"),
    (["--config-file"], "--config-file needs a file"),
    (["--config-file="], "--config-file needs a file"),
])
def test_what_it_does_not_know_is_refused_before_anything_is_built(tmp_path: Path, arguments: list[str], said: str):
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_config_is_written_filled_in_and_served(tmp_path: Path):
    done = run(tmp_path, "--config-file", "mmsgate.conf")
    config = tmp_path / "mmsgate.conf"
    assert done.returncode == 2
    assert f"Wrote {config}" in done.stderr and "apiid, apipw and webdns" in done.stderr
    assert stat.S_IMODE(config.stat().st_mode) == 0o600, "a password will stand in it"

    address = own_address()
    sip_port, web_port = free_ports(2, address)
    config.write_text(f"[api]\napiid = owner@example.org\napipw = secret\napiurl = http://{address}:9/\n"
                      f"[web]\nwebdns = {address}\nwebbind = {address}\nwebport = {web_port}\nlocalmedia = {tmp_path}/media\n"
                      f"[sip]\nsipboundaddress = {address}\nsipport = {sip_port}\n"
                      f"sipcert = {tmp_path}/sip-cert.pem\nsipkey = {tmp_path}/sip-key.pem\n"
                      f"[mmsgate]\ndbfile = {tmp_path}/mmsgate.sqlite\n")
    gateway = Process("run", [RUN, "--config-file=mmsgate.conf"], tmp_path)

    def answers() -> int:
        assert gateway.running, gateway.tail()
        try:
            return http.request("GET", f"http://{address}:{web_port}/healthz", timeout=2).status
        except OSError:
            return 0

    assert wait_until(answers, "the gateway answers", BUILDING) == 503, "VoIP.ms cannot be asked for the sub accounts"
    os.kill(gateway.child.pid, signal.SIGINT)  # Ctrl-C
    assert gateway.wait() == 0
