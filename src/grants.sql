
-- A trusted script runs as the bootstrap superuser; whoever created the
-- extension may use all of it and pass it on.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA oncall, oncall_internal TO @extowner@ WITH GRANT OPTION;
