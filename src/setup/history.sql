
-- History: what was believed is kept, not deleted.

CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE OR DELETE ON oncall.rotation_member
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history_truncate BEFORE TRUNCATE ON oncall.rotation_member
	FOR EACH STATEMENT EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE OR DELETE ON oncall.layer
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history_truncate BEFORE TRUNCATE ON oncall.layer
	FOR EACH STATEMENT EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE OR DELETE ON oncall.layer_member
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history_truncate BEFORE TRUNCATE ON oncall.layer_member
	FOR EACH STATEMENT EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE OR DELETE ON oncall.layer_leave
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history_truncate BEFORE TRUNCATE ON oncall.layer_leave
	FOR EACH STATEMENT EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE OR DELETE ON oncall.layer_rule
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history_truncate BEFORE TRUNCATE ON oncall.layer_rule
	FOR EACH STATEMENT EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history BEFORE INSERT OR UPDATE OR DELETE ON oncall.cover
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.keep_history();
CREATE TRIGGER keep_history_truncate BEFORE TRUNCATE ON oncall.cover
	FOR EACH STATEMENT EXECUTE FUNCTION oncall_internal.keep_history();

CREATE TRIGGER write_change BEFORE INSERT ON oncall.change
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.write_change();

CREATE FUNCTION oncall_internal.keep_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP <> 'UPDATE' THEN
		RAISE EXCEPTION 'rows of oncall.change cannot be deleted'
			USING ERRCODE = '55000', DETAIL = 'Who did what, and when, is kept.',
				HINT = 'Use oncall.undo() to take a change back.';
	ELSIF (NEW.change_id, NEW.kind, NEW.rotation_id, NEW.made_at, NEW.made_by, NEW.past_reason, NEW.undoes)
		IS DISTINCT FROM (OLD.change_id, OLD.kind, OLD.rotation_id, OLD.made_at, OLD.made_by, OLD.past_reason,
			OLD.undoes)
		AND NOT pg_has_role((SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'USAGE') THEN
		RAISE EXCEPTION 'change % cannot be altered', OLD.change_id
			USING ERRCODE = '55000', DETAIL = 'Who did what, and when, is kept; only the reason can be put better.',
				HINT = 'Use oncall.undo() to take a change back.';
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION oncall_internal.keep_change() IS
'Trigger of oncall.change: its rows are not deleted, and of them only reason and person_id are edited (55000), but by the owner of the table.';
CREATE TRIGGER keep_change BEFORE UPDATE OR DELETE ON oncall.change
	FOR EACH ROW EXECUTE FUNCTION oncall_internal.keep_change();
CREATE TRIGGER keep_change_truncate BEFORE TRUNCATE ON oncall.change
	FOR EACH STATEMENT EXECUTE FUNCTION oncall_internal.keep_change();

-- Ending and withdrawing

CREATE FUNCTION oncall.withdraw_cover(cover_id integer, reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	cover record;
	change integer;
BEGIN
	IF withdraw_cover.cover_id IS NULL THEN
		RAISE EXCEPTION 'cover_id must not be null' USING ERRCODE = '22004';
	END IF;
	SELECT x.rotation_id, x.recorded, x.closed_by INTO cover FROM oncall.cover x
	WHERE x.cover_id = withdraw_cover.cover_id FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'cover % does not exist', withdraw_cover.cover_id
			USING ERRCODE = '42704', HINT = 'Numbers of covers are in oncall.cover_now; what functions return is a change, for undo().';
	ELSIF NOT oncall_internal.is_believed(cover.recorded) THEN
		RAISE EXCEPTION 'cover % is closed', withdraw_cover.cover_id
			USING ERRCODE = '55000', DETAIL = 'It is not believed any more.',
				HINT = coalesce('To take that back: SELECT oncall.undo(' || cover.closed_by || ').',
					'oncall.change_log tells what was done.');
	END IF;
	change := oncall_internal.begin_change('withdraw cover', cover.rotation_id, NULL,
		withdraw_cover.reason, withdraw_cover.past_reason);
	UPDATE oncall.cover x SET recorded = oncall_internal.closed(x.recorded, x.xmin)
	WHERE x.cover_id = withdraw_cover.cover_id;
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(change);
	RETURN change;
END
$$;
COMMENT ON FUNCTION oncall.withdraw_cover(integer, text, text) IS
'Takes back a cover that was a mistake: from now on it is not believed for any time; that it was is kept. Returns the change_id. Withdrawn by the transaction that wrote it, it was never believed. Errors: 42704 (no such cover), 55000 (closed already), 22004 (NULL).';

CREATE FUNCTION oncall.end_cover(
	cover_id integer, at timestamptz DEFAULT now(), reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	cover record;
	change integer;
BEGIN
	IF end_cover.cover_id IS NULL OR end_cover.at IS NULL THEN
		RAISE EXCEPTION '% must not be null', CASE WHEN end_cover.cover_id IS NULL THEN 'cover_id' ELSE 'at' END
			USING ERRCODE = '22004';
	ELSIF NOT isfinite(end_cover.at) THEN
		RAISE EXCEPTION 'a cover cannot end at %', end_cover.at
			USING ERRCODE = '22023', HINT = 'Give the time at which it ends, or use withdraw_cover() to take it back.';
	END IF;
	SELECT x.rotation_id, lower(x.period) AS since, upper(x.period) AS until, x.recorded, x.closed_by, r.zone INTO cover
	FROM oncall.cover x JOIN oncall.rotation r ON r.rotation_id = x.rotation_id
	WHERE x.cover_id = end_cover.cover_id FOR NO KEY UPDATE OF x;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'cover % does not exist', end_cover.cover_id
			USING ERRCODE = '42704', HINT = 'Numbers of covers are in oncall.cover_now; what functions return is a change, for undo().';
	ELSIF NOT oncall_internal.is_believed(cover.recorded) THEN
		RAISE EXCEPTION 'cover % is closed', end_cover.cover_id
			USING ERRCODE = '55000', DETAIL = 'It is not believed any more.',
				HINT = coalesce('To take that back: SELECT oncall.undo(' || cover.closed_by || ').',
					'oncall.change_log tells what was done.');
	ELSIF end_cover.at >= cover.until THEN
		RAISE EXCEPTION 'cover % ends at % [%], not later', end_cover.cover_id,
			to_char(cover.until AT TIME ZONE cover.zone, 'YYYY-MM-DD HH24:MI:SS'), cover.zone
			USING ERRCODE = '22023', HINT = 'Give an earlier time, or write another cover for the time after it.';
	END IF;
	change := oncall_internal.begin_change('end cover', cover.rotation_id, NULL, end_cover.reason, end_cover.past_reason);
	IF end_cover.at <= cover.since THEN
		UPDATE oncall.cover x SET recorded = oncall_internal.closed(x.recorded, x.xmin)
		WHERE x.cover_id = end_cover.cover_id;
	ELSE
		UPDATE oncall.cover x SET period = tstzrange(lower(x.period), end_cover.at)
		WHERE x.cover_id = end_cover.cover_id;
	END IF;
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(change);
	RETURN change;
END
$$;
COMMENT ON FUNCTION oncall.end_cover(integer, timestamptz, text, text) IS
'Ends a cover at a time within its period; at or before its start it is withdrawn. Its key stays, and what was believed until now is kept. Returns the change_id. Errors: 22023 (at or after its end, infinite), 42704 (no such cover), 55000 (closed already), 22004 (NULL).';

CREATE FUNCTION oncall.withdraw_layer(layer_id integer, reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	layer record;
	change integer;
BEGIN
	IF withdraw_layer.layer_id IS NULL THEN
		RAISE EXCEPTION 'layer_id must not be null' USING ERRCODE = '22004';
	END IF;
	SELECT x.rotation_id, x.recorded, x.closed_by INTO layer FROM oncall.layer x
	WHERE x.layer_id = withdraw_layer.layer_id FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'layer % does not exist', withdraw_layer.layer_id
			USING ERRCODE = '42704', HINT = 'Numbers of layers are in oncall.layer_now; what functions return is a change, for undo().';
	ELSIF NOT oncall_internal.is_believed(layer.recorded) THEN
		RAISE EXCEPTION 'layer % is closed', withdraw_layer.layer_id
			USING ERRCODE = '55000', DETAIL = 'It is not believed any more.',
				HINT = coalesce('To take that back: SELECT oncall.undo(' || layer.closed_by || ').',
					'oncall.change_log tells what was done.');
	END IF;
	change := oncall_internal.begin_change('withdraw layer', layer.rotation_id, NULL,
		withdraw_layer.reason, withdraw_layer.past_reason);
	UPDATE oncall.layer x SET recorded = oncall_internal.closed(x.recorded, x.xmin)
	WHERE x.layer_id = withdraw_layer.layer_id;
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(change);
	RETURN change;
END
$$;
COMMENT ON FUNCTION oncall.withdraw_layer(integer, text, text) IS
'Takes back a layer that was a mistake: from now on it is not believed for any time; that it was is kept. Returns the change_id. Withdrawn by the transaction that wrote it, it was never believed. Errors: 42704 (no such layer), 55000 (closed already), 22004 (NULL).';

CREATE FUNCTION oncall.end_layer(
	layer_id integer, at timestamptz DEFAULT now(), reason text DEFAULT NULL, past_reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	layer record;
	change integer;
BEGIN
	IF end_layer.layer_id IS NULL OR end_layer.at IS NULL THEN
		RAISE EXCEPTION '% must not be null', CASE WHEN end_layer.layer_id IS NULL THEN 'layer_id' ELSE 'at' END
			USING ERRCODE = '22004';
	ELSIF NOT isfinite(end_layer.at) THEN
		RAISE EXCEPTION 'a layer cannot end at %', end_layer.at
			USING ERRCODE = '22023', HINT = 'Give the time at which it ends, or use withdraw_layer() to take it back.';
	END IF;
	SELECT x.rotation_id, lower(x.valid) AS since, oncall_internal.layer_until(x.layer_id) AS until, x.recorded,
		x.closed_by, r.zone INTO layer
	FROM oncall.layer x JOIN oncall.rotation r ON r.rotation_id = x.rotation_id
	WHERE x.layer_id = end_layer.layer_id FOR NO KEY UPDATE OF x;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'layer % does not exist', end_layer.layer_id
			USING ERRCODE = '42704', HINT = 'Numbers of layers are in oncall.layer_now; what functions return is a change, for undo().';
	ELSIF NOT oncall_internal.is_believed(layer.recorded) THEN
		RAISE EXCEPTION 'layer % is closed', end_layer.layer_id
			USING ERRCODE = '55000', DETAIL = 'It is not believed any more.',
				HINT = coalesce('To take that back: SELECT oncall.undo(' || layer.closed_by || ').',
					'oncall.change_log tells what was done.');
	ELSIF end_layer.at >= layer.until THEN
		RAISE EXCEPTION 'layer % ends at % [%], not later', end_layer.layer_id,
			oncall_internal.local_time(layer.until, layer.zone), layer.zone
			USING ERRCODE = '22023',
				HINT = 'Give an earlier time, or undo() what ended it; for the time after it, write another layer.';
	END IF;
	change := oncall_internal.begin_change('end layer', layer.rotation_id, NULL, end_layer.reason, end_layer.past_reason);
	IF end_layer.at <= layer.since THEN
		UPDATE oncall.layer x SET recorded = oncall_internal.closed(x.recorded, x.xmin)
		WHERE x.layer_id = end_layer.layer_id;
	ELSE
		INSERT INTO oncall.layer_rule (layer_id, since, ends)
		VALUES (end_layer.layer_id, end_layer.at, true);
	END IF;
	PERFORM oncall_internal.end_change();
	PERFORM oncall_internal.tell_change(change);
	RETURN change;
END
$$;
COMMENT ON FUNCTION oncall.end_layer(integer, timestamptz, text, text) IS
'Ends a layer at a time within its validity; at or before its start it is withdrawn. Its key stays, and what was believed until now is kept. Returns the change_id. Errors: 22023 (at or after its end, infinite), 42704 (no such layer), 55000 (closed already), 22004 (NULL).';
