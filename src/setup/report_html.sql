-- A page on a month of a team, that can be sent, printed or served as it is.

CREATE FUNCTION oncall_internal.html_row(VARIADIC cells text[]) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT format('<tr>%s</tr>', string_agg(CASE WHEN c.cell ~ '^([-+]?[0-9][0-9.,:%]*( [A-Z]{3})?|-)$'
		THEN format('<td class="n">%s</td>', oncall_internal.xml_text(c.cell))
		ELSE format('<td>%s</td>', oncall_internal.xml_text(coalesce(c.cell, ''))) END, '' ORDER BY c.place))
	FROM unnest($1) WITH ORDINALITY AS c(cell, place);
END;
COMMENT ON FUNCTION oncall_internal.html_row(text[]) IS 'A row of an HTML table; what its cells contain stays text.';

CREATE FUNCTION oncall_internal.html_table(title text, heads text[], rows text, otherwise text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT format('<section><h2>%s</h2>', oncall_internal.xml_text($1)) || CASE WHEN $3 IS NULL
		THEN format('<p>%s</p>', oncall_internal.xml_text($4))
		ELSE format('<div class="wide"><table><thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>', (
			SELECT string_agg(format('<th scope="col"%s>%s</th>', CASE WHEN h.head LIKE '#%' THEN ' class="n"' ELSE '' END,
				oncall_internal.xml_text(ltrim(h.head, '#'))), '' ORDER BY h.place)
			FROM unnest($2) WITH ORDINALITY AS h(head, place)), $3) END || '</section>';
END;
COMMENT ON FUNCTION oncall_internal.html_table(text, text[], text, text) IS
'A section of an HTML page with a table of rows, which are HTML already (the heads of numbers begin with #); without any (NULL) with a sentence instead.';

CREATE FUNCTION oncall_internal.html_signs(team_id integer, month date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN oncall_internal.html_table('Warning signs', '{Sign,#Incidents,#Of all,#Quarter before,Trend}', (
			SELECT string_agg(oncall_internal.html_row(w.sign, w.value::text,
				coalesce(round(100 * w.share)::text || '%', '-'),
				coalesce(w.quarter_before::text, '-'),
				CASE WHEN w.trend > 0 THEN 'worse by ' || trim_scale(w.trend) WHEN w.trend < 0 THEN 'better by ' || trim_scale(-w.trend)
					WHEN w.trend = 0 THEN 'as before' ELSE '-' END), '' ORDER BY w.sign_id)
			FROM oncall.warning_sign w
			WHERE w.team_id = html_signs.team_id AND w.month = html_signs.month),
		'There is no incident of that time.');
END
$$;
COMMENT ON FUNCTION oncall_internal.html_signs(integer, date) IS 'For report_html: the warning signs.';

CREATE FUNCTION oncall_internal.html_incidents(team_id integer, month date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN oncall_internal.html_table('Incidents',
		'{Service,Severity,#Number,#Open,#Stale,#Hours to answer: median,#90th percentile,#Hours to resolve: median,#90th percentile}', (
			SELECT string_agg(oncall_internal.html_row(i.service, i.severity, i.incidents::text, i.open::text,
				i.stale::text,
				round(i.acknowledge_median_hours, 2)::text, round(i.acknowledge_p90_hours, 2)::text,
				round(i.resolve_median_hours, 2)::text, round(i.resolve_p90_hours, 2)::text),
				'' ORDER BY i.service, i.severity_id)
			FROM oncall.incident_report i
			WHERE i.team_id = html_incidents.team_id AND i.month = html_incidents.month),
		'There was none.');
END
$$;
COMMENT ON FUNCTION oncall_internal.html_incidents(integer, date) IS
'For report_html: the incidents, by service and severity.';

-- A page is not refused because one of its pictures is.
CREATE FUNCTION oncall_internal.html_left_out(rotation_id integer, why text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT format('<p>%s</p>', oncall_internal.xml_text(format('Of %s no picture is drawn: %s.', r.name, $2)))
	FROM oncall.rotation r WHERE r.rotation_id = $1;
END;
COMMENT ON FUNCTION oncall_internal.html_left_out(integer, text) IS
'For report_html: says why there is no picture of a rotation.';

-- Who may not read pager_load is shown none of it.
CREATE FUNCTION oncall_internal.html_load(team_id integer, month date, during tstzrange) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	team_rotation record;
	pictures text := '';
BEGIN
	IF NOT has_table_privilege('oncall.pager_load', 'SELECT') THEN
		RETURN '';
	END IF;
	FOR team_rotation IN SELECT r.rotation_id FROM oncall.rotation r
		WHERE r.team_id = html_load.team_id ORDER BY r.name LOOP
		BEGIN
			pictures := pictures || oncall.pager_load_svg(
				tstzrange(upper(during) - interval '13 weeks', upper(during) - interval '2 days'), team_rotation.rotation_id);
		EXCEPTION WHEN program_limit_exceeded THEN
			pictures := pictures || oncall_internal.html_left_out(team_rotation.rotation_id, SQLERRM);
		END;
	END LOOP;
	RETURN oncall_internal.html_table('Load',
		'{Person,Rotation,#Hours on duty,#Pages,#Out of hours,#Nights broken,#Hours responding}', (
			SELECT string_agg(oncall_internal.html_row(l.person, l.rotation, round(l.duty, 1)::text, l.pages::text,
				l.out::text,
				l.nights::text, coalesce(round(l.work, 1)::text, '-')), '' ORDER BY l.rotation, l.person)
			FROM (
				SELECT p.person_id, p.person, p.rotation, sum(p.hours_on_duty) AS duty, sum(p.pages) AS pages,
					sum(p.pages_out_of_hours) AS out, sum(p.nights_broken) AS nights, sum(p.hours_responding) AS work
				FROM oncall.rotation r
				JOIN oncall.pager_load p ON p.rotation_id = r.rotation_id
				WHERE r.team_id = html_load.team_id AND p.week >= html_load.month
					AND p.week < html_load.month + interval '1 month'
				GROUP BY p.person_id, p.person, p.rotation) l),
		'Nobody was on duty.') || coalesce(format('<div class="wide">%s</div>', nullif(pictures, '')), '');
END
$$;
COMMENT ON FUNCTION oncall_internal.html_load(integer, date, tstzrange) IS
'For report_html: the load of the weeks that began in a month, and broken nights of 13 weeks; nothing for who may not read pager_load.';

CREATE FUNCTION oncall_internal.html_fairness(team_id integer) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN oncall_internal.html_table('Fairness, the last year and ahead',
		'{Rotation,Person,When,#Hours,#Mean,#Holidays,#Mean,#Weekends,#Mean,#Nights,#Mean}', (
			SELECT string_agg(oncall_internal.html_row(f.rotation, f.person, f.stretch, round(f.hours)::text,
				round(f.mean_hours)::text,
				round(f.holiday_hours)::text, round(f.mean_holiday_hours)::text, round(f.weekend_hours)::text,
				round(f.mean_weekend_hours)::text, round(f.night_hours)::text, round(f.mean_night_hours)::text),
				'' ORDER BY f.rotation, f.stretch DESC, f.hours DESC, f.person)
			FROM oncall.rotation r
			JOIN oncall.fairness f ON f.rotation_id = r.rotation_id
			WHERE r.team_id = html_fairness.team_id),
		'Nobody is on duty.');
END
$$;
COMMENT ON FUNCTION oncall_internal.html_fairness(integer) IS
'For report_html: duty of people against their rotation''s mean.';

CREATE FUNCTION oncall_internal.html_roster(team_id integer, during tstzrange) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	team_rotation record;
	pictures text;
BEGIN
	FOR team_rotation IN SELECT r.rotation_id FROM oncall.rotation r
		WHERE r.team_id = html_roster.team_id ORDER BY r.name LOOP
		BEGIN
			pictures := concat(pictures, oncall.roster_svg(during, team_rotation.rotation_id));
		EXCEPTION WHEN program_limit_exceeded THEN
			pictures := concat(pictures, oncall_internal.html_left_out(team_rotation.rotation_id, SQLERRM));
		END;
	END LOOP;
	RETURN format('<section><h2>Roster</h2><div class="wide">%s</div></section>', coalesce(pictures, '<p>The team has no rotation.</p>'));
END
$$;
COMMENT ON FUNCTION oncall_internal.html_roster(integer, tstzrange) IS 'For report_html: the roster, in pictures.';

-- Only who sees everybody's pay sees totals.
CREATE FUNCTION oncall_internal.html_pay(team_id integer, month date, during tstzrange) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT oncall_internal.is_manager(current_user) OR NOT has_table_privilege('oncall.pay_by_month', 'SELECT') THEN
		RETURN '';
	END IF;
	RETURN oncall_internal.html_table('Pay of those who were on duty', '{Policy,For,Band,#Hours,#Amount,#Time in lieu: hours}', (
			SELECT string_agg(oncall_internal.html_row(w.policy, w.kind, w.band, round(w.hours, 2)::text,
				w.amount || ' ' || w.currency, w.lieu::text), '' ORDER BY w.policy, w.kind DESC, w.band)
			FROM (
				SELECT p.policy, p.kind, p.band, p.currency, sum(p.paid_hours) AS hours, sum(p.amount) AS amount,
					trim_scale(round(sum(p.lieu_hours), 2)) AS lieu
				FROM oncall.pay_by_month p
				WHERE p.month = html_pay.month AND p.person_id IN (
					SELECT s.person_id
					FROM oncall.rotation r
					CROSS JOIN LATERAL oncall.roster(during, r.rotation_id) s
					WHERE r.team_id = html_pay.team_id)
				GROUP BY p.policy, p.kind, p.band, p.currency) w),
		'Nothing was earned.');
END
$$;
COMMENT ON FUNCTION oncall_internal.html_pay(integer, date, tstzrange) IS
'For report_html: what those earned who were on duty, by band, in whatever rotation; nothing for who does not see all pay.';

CREATE FUNCTION oncall_internal.html_style() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ':root{color-scheme:light dark}'
	'body{margin:0 auto;padding:16px;max-width:1000px;font:15px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif;color:#1a1a1a;background:#fff}'
	'h1{font-size:24px;margin:8px 0 0}h2{font-size:18px;margin:28px 0 8px}p{margin:6px 0}.dim{color:#555}'
	'.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}'
	'th,td{padding:4px 12px 4px 0;text-align:left;border-bottom:1px solid #ddd;vertical-align:bottom}'
	'td{white-space:nowrap}td.n,th.n{text-align:right}svg{display:block;margin:12px 0}.wide svg{max-width:none !important}'
	'@media (prefers-color-scheme:dark){body{color:#f2f2f2;background:#1b1b1d}.dim{color:#b5b5b5}th,td{border-color:#444}}'
	'@media (max-width:600px){table{font-size:13px}th,td{padding-right:8px}td:not(.n){white-space:normal;min-width:7em}}'
	'@media print{section{break-inside:avoid}}';
COMMENT ON FUNCTION oncall_internal.html_style() IS 'The style of report_html, light and dark.';

CREATE FUNCTION oncall.report_html(team oncall.ref, month date DEFAULT NULL) RETURNS text
LANGUAGE plpgsql STABLE COST 100000 SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
	asked_id CONSTANT integer := oncall_internal.team_named(report_html.team);
	own record;
	first_day date;
	during tstzrange;
	title text;
BEGIN
	PERFORM oncall_internal.refuse_null('team', asked_id IS NULL);
	SELECT t.name, t.zone, m.name AS manager INTO own
	FROM oncall.team t LEFT JOIN oncall.person m ON m.person_id = t.manager_id
	WHERE t.team_id = asked_id;
	IF NOT isfinite(report_html.month) OR report_html.month NOT BETWEEN '1900-01-01' AND '9999-11-30' THEN
		RAISE EXCEPTION 'month must be a date of the years 1900 to 9999'
			USING ERRCODE = '22023', HINT = 'Write any date of the month, such as 2026-02-01.';
	END IF;
	first_day := date_trunc('month', coalesce(report_html.month, (now() AT TIME ZONE own.zone)::date)::timestamp)::date;
	during := oncall_internal.local_days(daterange(first_day, (first_day + interval '1 month')::date), own.zone);
	title := format('On-call of %s, %s', own.name, to_char(first_day, 'FMMonth YYYY'));
	RETURN format(E'<!DOCTYPE html>\n'
			'<html lang="en"><head><meta charset="utf-8"/>'
			'<meta http-equiv="Content-Security-Policy" content="default-src ''none''; style-src ''unsafe-inline''"/>'
			'<meta name="viewport" content="width=device-width, initial-scale=1"/><title>%1$s</title><style>%2$s</style></head>'
			'<body><header><h1>%1$s</h1><p class="dim">%3$s</p></header><main>%4$s</main></body></html>',
		oncall_internal.xml_text(title), oncall_internal.html_style(),
		oncall_internal.xml_text(concat_ws(', ',
			'as of ' || oncall_internal.local_time(date_trunc('minute', now()), own.zone) || ' ' || own.zone,
			'manager: ' || coalesce(own.manager, 'nobody'))),
		concat(oncall_internal.html_signs(asked_id, first_day), oncall_internal.html_incidents(asked_id, first_day),
			oncall_internal.html_load(asked_id, first_day, during), oncall_internal.html_roster(asked_id, during),
			oncall_internal.html_fairness(asked_id), oncall_internal.html_pay(asked_id, first_day, during)));
END
$$;
COMMENT ON FUNCTION oncall.report_html(oncall.ref, date) IS
'A page (HTML, without scripts, complete in itself) on a month of a team: warning signs, incidents, load, roster, fairness, pay; what the caller may not read is left out. month: any date of it; default this month where the team is. Errors: 42704, 22004, 22023 (month).';
