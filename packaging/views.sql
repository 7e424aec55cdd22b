-- SPDX-License-Identifier: Apache-2.0
-- What people ask of the database, as views: words for numbers, UTC for milliseconds (docs/operations.md). They last as long as
-- sqlite3 runs; the file is only read:
--   sqlite3 -readonly -box -init /usr/share/mmsgate/views.sql /var/lib/mmsgate/data/mmsgate.sqlite

CREATE TEMP VIEW view_messages AS
SELECT m.id, datetime(m.received_at / 1000, 'unixepoch') AS received,
       CASE m.direction WHEN 0 THEN 'in' WHEN 1 THEN 'out' ELSE 'extension' END AS way, m.own, m.peer, m.account,
       m.part_count AS files, m.text,
       (SELECT group_concat(s.name || ' ' || d.destination, ', ') FROM deliveries d JOIN state_names s ON s.state = d.state
        WHERE d.message = m.id) AS states
FROM messages m WHERE m.kind = 0 ORDER BY m.id DESC;

CREATE TEMP VIEW view_waiting AS
SELECT d.message, d.destination, s.name AS state, datetime(d.born_at / 1000, 'unixepoch') AS since, d.tries,
       CASE WHEN d.blocking = 0 THEN 'its turn' WHEN d.waits_media = 1 THEN 'its files'
            WHEN d.due_at IS NOT NULL THEN datetime(d.due_at / 1000, 'unixepoch')
            ELSE 'an answer, or a person' END AS waits_for
FROM deliveries d JOIN state_names s ON s.state = d.state
WHERE (d.state = 0 OR d.state = 1 OR d.state = 4 OR d.state = 7) ORDER BY d.born_at, d.id;

CREATE TEMP VIEW view_undelivered AS
SELECT d.message, datetime(m.received_at / 1000, 'unixepoch') AS received, m.own, m.peer, d.destination, s.name AS state,
       (SELECT e.reason FROM events e WHERE e.message = d.message AND e.delivery = d.id
        ORDER BY e.number DESC LIMIT 1) AS reason
FROM deliveries d JOIN messages m ON m.id = d.message JOIN state_names s ON s.state = d.state
WHERE d.state IN (5, 6) ORDER BY d.id DESC;

CREATE TEMP VIEW view_story AS
SELECT e.message, datetime(e.at / 1000, 'unixepoch') AS at, d.destination, e.state, e.reason
FROM events e LEFT JOIN deliveries d ON d.id = e.delivery ORDER BY e.message, e.number;

CREATE TEMP VIEW view_carrier_days AS
SELECT date(e.at / 1000, 'unixepoch') AS day, count(*) AS taken
FROM events e JOIN deliveries d ON d.id = e.delivery WHERE d.target = 1 AND e.state = 'accepted'
GROUP BY day ORDER BY day DESC;
