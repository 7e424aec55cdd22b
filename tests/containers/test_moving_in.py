# SPDX-License-Identifier: Apache-2.0
"""docs/migrate-from-mmsgate.md, in containers: the first MMSGate's config, database and files."""

import json
import os
from pathlib import Path

from old_home import what_docker_cp_brings
from owner import SIP_ADDRESS, Owner

from house import http
from house.carrier import ONE_NUMBER, PASSWORD, USER, Carrier
from house.house import STRANGER
from house.process import wait_until

MANUAL = "migrate-from-mmsgate.md"


def test_the_old_messages_and_files_come_along(owner: Owner, carrier: Carrier):
    old = Path(owner.settings["HOME"], "old")
    content, link = what_docker_cp_brings(old, f"http://{SIP_ADDRESS}:{owner.web}", {
        "api": {"apiid": USER, "apipw": PASSWORD, "apiurl": carrier.api_url},
        "web": {"webdns": SIP_ADDRESS, "webbind": SIP_ADDRESS, "webport": owner.web}, "sip": {"sipport": owner.ports["sipport"]}})
    for file in (old / "data", old / "data/mmsgate.sqlite", old / "mmsmedia"):
        os.chown(file, 1000, 1000)  # as `docker cp` leaves them: whose they were
        file.chmod(0o700 if file.is_dir() else 0o600)

    (old / "mmsgate.conf").chmod(0o600)

    owner.lays_down(PASSWORD)
    look = ("docker compose run --rm --no-deps -T --entrypoint sh mmsgate -c 'cat | mmsgate config check --config-file /dev/stdin' "
            "< ~/old/mmsgate.conf")
    assert "is right" in owner.types(look, MANUAL)
    config = (old / "mmsgate.conf").read_text().replace(f"apipw = {PASSWORD}", "apipw_file = /run/secrets/apipw")
    (old / "mmsgate.conf").write_text(config)
    owner.types("install -m 644 ~/old/mmsgate.conf docker/gateway/", MANUAL)
    for name in ("flexisip.conf", "forward.conf"):
        (owner.folder / "docker/flexisip" / name).write_text("# as it was\n")

    owner.types("sudo chown -R 10001 ~/old/data ~/old/mmsmedia", MANUAL)
    owner.types("docker compose up -d", MANUAL)
    assert wait_until(lambda: owner.does("docker compose exec mmsgate mmsgate health").stdout == "ok\n", "it says ok", patience=60, every=0.5)
    assert owner.types("docker compose exec mmsgate mmsgate health", MANUAL) == "ok\n"
    move = ("docker compose run --rm --no-deps -v ~/old/data:/old/data -v ~/old/mmsmedia:/old/media mmsgate import "
            "--from /old/data/mmsgate.sqlite --media /old/media")
    assert "1 messages with 1 deliveries and 1 files were taken over" in owner.types(move, MANUAL)
    assert "1 rows were here already." in owner.types(move, MANUAL)
    assert owner.peers() == [STRANGER]
    listed = json.loads(owner.says("messages", "list", "--json"))
    assert listed[0]["own"] == ONE_NUMBER
    assert http.request("GET", link).body == content, "links that were sent once still lead to their files"
