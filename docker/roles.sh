#!/bin/sh
# Runs once, in the database's container, when its volume is new: the owner of the tables, and the
# service, which owns nothing.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set "owner_password=$(cat /run/secrets/owner_password)" \
    --set "service_password=$(cat /run/secrets/service_password)" <<'SQL'
CREATE ROLE chohyo_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE chohyo_service LOGIN PASSWORD :'service_password';
CREATE DATABASE chohyo OWNER chohyo_owner;
REVOKE ALL ON DATABASE chohyo FROM PUBLIC;
GRANT CONNECT ON DATABASE chohyo TO chohyo_service;
\connect chohyo
CREATE EXTENSION vector;
SQL
