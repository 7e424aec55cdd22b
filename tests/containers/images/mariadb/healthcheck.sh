#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Does it take connections? (--connect; InnoDB is up before it does: --innodb_initialized.)
exec mariadb-admin --user=root ping
