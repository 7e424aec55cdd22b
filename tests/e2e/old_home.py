# SPDX-License-Identifier: Apache-2.0
"""What the first MMSGate leaves behind: its table, as its Python made it, and its files."""

import random
import sqlite3
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

from house.carrier import ONE_NUMBER
from house.house import STRANGER

TABLE = """CREATE TABLE send_msgs (rcvd_ts INT, fromid TEXT, toid TEXT, fromdom TEXT, todom TEXT, msgtype TEXT, did TEXT,
 direction TEXT, message TEXT, msgstatus TEXT DEFAULT 'QUEUED', sent_ts INT, init_ts INT, trycnt INT DEFAULT 0, msgid TEXT)"""

XML = """<?xml version="1.0" encoding="UTF-8"?>
<file xmlns="urn:gsma:params:xml:ns:rcs:rcs:fthttp" xmlns:am="urn:gsma:params:xml:ns:rcs:rcs:rram">
<file-info type="file">
<file-size>{size}</file-size>
<file-name>{name}</file-name>
<content-type>{type}</content-type>
<data url="{url}" until="2027-01-01T00:00:00Z"/>
</file-info>
</file>"""


class OldHome:
    def __init__(self, database: Path, media: Path, media_url: str = "http://sms.example.org/mmsmedia"):
        self.database, self.media, self.media_url = database, media, media_url
        media.mkdir(exist_ok=True)
        self.sql(TABLE)

    def sql(self, statement: str, *values: Any) -> list[tuple]:
        with closing(sqlite3.connect(self.database)) as db, db:
            return db.execute(statement, values).fetchall()

    def add(self, **row: Any) -> None:
        row = {"rcvd_ts": int(time.time()) - 60, "msgtype": "SMS", "direction": "IN"} | row
        row.setdefault("init_ts", row["rcvd_ts"])
        self.sql(f"INSERT INTO send_msgs ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values())

    def add_file(self, content: bytes, ending: str = ".png") -> str:
        """Answers its link."""
        name = f"{uuid.uuid4()}{ending}"
        (self.media / name).write_bytes(content)
        return f"{self.media_url}/{name}"

    def xml(self, content: bytes, name: str = "media.png") -> str:
        return XML.format(size=len(content), name=name, type="image/png", url=self.add_file(content))

    def table(self) -> list[tuple]:
        return self.sql("SELECT rowid, * FROM send_msgs ORDER BY rowid")

    def fill(self, rows: int, seed: int) -> dict[str, int]:
        """Years of conversations, all arrived. Answers how many messages they are."""
        chance = random.Random(seed)
        accounts = {f"100000_user{n}": f"51455501{n:02}" for n in range(8)}
        made, messages, now = [], 0, 1_700_000_000
        while len(made) < rows:
            now += chance.randrange(900)
            account, did = chance.choice(list(accounts.items()))
            peer = f"5145550{chance.randrange(200, 260)}"
            kind = chance.random()
            common = {"rcvd_ts": now, "init_ts": now, "sent_ts": now + 1, "trycnt": 1, "msgstatus": chance.choice(["200", "202"])}
            messages += 1
            if kind < 0.45:
                made.append(common | {"fromid": account, "toid": peer, "direction": "OUT", "msgtype": "SMS", "message": "on my way"})
            elif kind < 0.55:
                made.append(common | {"fromid": account, "toid": peer, "direction": "OUT", "msgtype": "MMS",
                                      "message": XML.format(size=9, name="a.jpg", type="image/jpeg", url=f"{self.media_url}/{uuid.UUID(int=messages)}.jpg")})
            elif kind < 0.9:
                made.append(common | {"fromid": peer, "toid": account, "did": did, "direction": "IN", "msgtype": "SMS",
                                      "message": "salut", "msgid": str(10_000_000 + messages)})
            else:  # a caption and a picture: two rows of one message
                both = {"fromid": peer, "toid": account, "did": did, "direction": "IN", "msgid": str(10_000_000 + messages)}
                made.append(common | both | {"msgtype": "SMS", "message": "look"})
                made.append(common | both | {"msgtype": "MMS", "message": XML.format(
                    size=9, name="media.jpg", type="image/jpeg", url=f"{self.media_url}/{uuid.UUID(int=messages)}.jpg")})
        names = ["rcvd_ts", "init_ts", "sent_ts", "trycnt", "msgstatus", "fromid", "toid", "did", "direction", "msgtype", "message", "msgid"]
        with closing(sqlite3.connect(self.database)) as db, db:
            db.executemany(f"INSERT INTO send_msgs ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
                           ([row.get(name) for name in names] for row in made))
        return {"rows": len(made), "messages": messages}


def what_docker_cp_brings(old: Path, address: str, config: dict[str, dict[str, Any]]) -> tuple[bytes, str]:
    """The folder `~/old` of docs/migrate-from-mmsgate.md: one message, one file. Answers the file and the link by which it was sent."""
    (old / "data").mkdir(parents=True)
    home = OldHome(old / "data/mmsgate.sqlite", old / "mmsmedia", f"{address}/mmsmedia")
    home.add(message="salut", fromid=STRANGER, toid="100000_alice", did=ONE_NUMBER, msgstatus="200", trycnt=1, msgid="11")
    content = b"GIF89a of years ago"
    link = home.add_file(content, ".gif")
    (old / "mmsgate.conf").write_text("".join(f"[{section}]\n" + "".join(f"{name} = {value}\n" for name, value in options.items())
                                              for section, options in config.items()))
    return content, link
