# SPDX-License-Identifier: Apache-2.0
"""`mmsgate health`: for people, and for what watches over containers."""

import subprocess

from conftest import BUILD
from house.house import House


def health(house: House) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([BUILD / "src" / "mmsgate", "health", "--config-file", house.gateway.config], capture_output=True,
                          text=True, timeout=30)


def test_it_says_ok_or_what_is_wrong_or_that_none_runs(house: House):
    well = health(house)
    assert (well.returncode, well.stdout) == (0, "ok\n"), well.stderr
    media = house.folder / "media"
    media.rename(house.folder / "away")
    ill = health(house)
    assert (ill.returncode, ill.stdout) == (1, "")
    assert "no file can be kept in the media folder" in ill.stderr
    (house.folder / "away").rename(media)
    assert health(house).returncode == 0
    house.gateway.stop()
    gone = health(house)
    assert gone.returncode == 1 and "no gateway runs" in gone.stderr


def test_one_that_knows_nobody_yet_is_not_well(house: House):
    house.gateway.stop()
    house.carrier.stop()
    (house.folder / "mmsgate.sqlite").unlink()
    for rest in house.folder.glob("mmsgate.sqlite-*"):
        rest.unlink()
    house.gateway.start(status=503)
    said = health(house)
    assert said.returncode == 1 and "have not been read from VoIP.ms yet" in said.stderr
