#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The first time: a database, and a user who may use it from anywhere, by the password in a file.
set -eu
if [ ! -d /var/lib/mysql/mysql ]; then
  chown mysql:mysql /var/lib/mysql
  mariadb-install-db --user=mysql --skip-test-db >/dev/null
  {
    echo "CREATE DATABASE $MARIADB_DATABASE;"
    echo "CREATE USER $MARIADB_USER@'%' IDENTIFIED BY '$(cat "$MARIADB_PASSWORD_FILE")';"
    echo "GRANT ALL ON $MARIADB_DATABASE.* TO $MARIADB_USER@'%';"
  } >/run/mysqld/first.sql
  chown mysql /run/mysqld/first.sql
  set -- --init-file=/run/mysqld/first.sql
fi
exec mariadbd --user=mysql --bind-address=0.0.0.0 "$@"
