
CREATE FUNCTION oncall_internal.assign_turns(seats pg_catalog.int4, blocks pg_catalog.int4[],
	allowed pg_catalog.bool[], repeats pg_catalog.bool[], served pg_catalog.int4[],
	apart pg_catalog.int4[] DEFAULT '{}',
	OUT people pg_catalog.int4[], OUT failed pg_catalog.int4, OUT placed pg_catalog.int4)
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'oncall_assign_turns';
COMMENT ON FUNCTION oncall_internal.assign_turns(pg_catalog.int4, pg_catalog.int4[], pg_catalog.bool[], pg_catalog.bool[], pg_catalog.int4[], pg_catalog.int4[]) IS
'Choose people for the turns of one season: seats different people for each turn, nobody in turns of two blocks, and no pair of apart in one turn. blocks: the block of each turn, counted from 0; served: how many turns of the season each person has already; allowed and repeats: for each turn and each person (the first turn''s people first) whether they may serve it, and whether they would have a holiday again that they had last year; apart: the numbers of two people, counted from 1, for each pair that is not to be on duty together. Of all such choices the one with the fewest repeats is taken, then the one in which people serve again in the season most seldom (a second turn counts 1, a third 2 more, and so on), then the one in which those serve who stand first (the sum of their numbers is least). It is the best that there is, and the same each time. people: numbers from 1, seats of them for each turn. If there is no such choice, people is NULL, failed is the number (from 1) of the first turn that cannot be filled together with all before it, and placed the most people that it can have together with them. More than 1,000 people or 1,000,000 turns times people are an error (54000).';
