-- complain if the script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION oncall" to load this file. \quit

CREATE SCHEMA oncall AUTHORIZATION @extowner@;
COMMENT ON SCHEMA oncall IS 'oncall: who is on call, as a function of time. The types and functions belong to the extension, the tables that oncall.setup() makes to you.';
GRANT USAGE ON SCHEMA oncall TO PUBLIC;
