-- complain if the script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION oncall" to load this file. \quit

CREATE SCHEMA oncall AUTHORIZATION @extowner@;
COMMENT ON SCHEMA oncall IS
'oncall: who is on call, as a function of time. The types and functions belong to the extension, the tables that oncall.setup() makes to you.';
GRANT USAGE ON SCHEMA oncall TO PUBLIC;

-- What people use stands in oncall; what that is made of stands here. PUBLIC
-- may look inside, since the bodies of functions run as their caller.
CREATE SCHEMA oncall_internal AUTHORIZATION @extowner@;
COMMENT ON SCHEMA oncall_internal IS
'oncall: parts that the functions, triggers, types and operators of schema oncall are made of. They may change with every version.';
GRANT USAGE ON SCHEMA oncall_internal TO PUBLIC;
