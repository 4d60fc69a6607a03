#!/bin/sh
# Runs once, in an empty data folder: the login isn't a superuser and sees no tenant by itself (docs/admin/database.md).
set -eu
psql --set ON_ERROR_STOP=1 --username postgres --set password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE denizen LOGIN NOINHERIT CREATEROLE PASSWORD :'password';
CREATE DATABASE denizen OWNER denizen;
SQL
psql --set ON_ERROR_STOP=1 --username postgres --dbname denizen --file /hardening.sql
