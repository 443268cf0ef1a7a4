createdb x; export PGDATABASE=x
psql -Xq -c 'CREATE EXTENSION oncall' -c 'SELECT oncall.setup()' -f test/data/company.sql >/dev/null 2>&1
psql -Xqat <<'S'
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages=error;
\set w '\'[2026-12-01,2026-12-08]\''
SELECT count(*) FROM oncall.roster(:w);
SELECT count(*) FROM oncall.duties('Aroha Ngata',:w);
SELECT count(*) FROM oncall.handover(:w);
SELECT count(*) FROM oncall.roster_diff(:w,null,null);
SELECT count(*) FROM oncall.roster_diff(1);
SELECT count(*) FROM oncall.cover_history('SRE',:w);
SELECT count(*) FROM oncall.duty_conflicts(:w);
SELECT count(*) FROM oncall.audit(:w);
SELECT count(*) FROM oncall.callouts(:w);
SELECT count(*) FROM oncall.pay_report(:w);
SELECT count(*) FROM oncall.explain_pay('Aroha Ngata',:w);
SELECT oncall.band_hours(:w::tstzrange, 1);
SELECT oncall.band_hours(tstzmultirange(:w::tstzrange), 1);
SELECT count(*) FROM oncall.plan_covers('SRE',:w);
SELECT count(*) FROM oncall.apply_plan('SRE',:w);
SELECT oncall.cover_shift('SRE',:w,'Aroha Ngata','Aroha Ngata');
SELECT oncall.offer_shift('SRE',:w,'Aroha Ngata');
SELECT count(*) FROM oncall.objections('{1}','{1}',array[:w]::tstzrange[],'{1}');
SELECT count(*) FROM oncall.handovers('R/2026-01-05T09:00[Europe/London]/P7D',:w);
SELECT oncall.open_periods('24/7',:w,'UTC');
SELECT oncall.add_layer('SRE','{"Aroha Ngata"}','R/2026-01-05T09:00[Europe/London]/P7D',valid=>:w);
SELECT oncall.add_person('X','UTC',active=>:w);
SELECT oncall.add_rotation('X','{"Aroha Ngata"}','R/2026-01-05T09:00[Europe/London]/P7D',valid=>:w);
SELECT oncall.swap_shifts('SRE', 'Aroha Ngata', now(), 'Oliver Smith', now(), a_period=>:w);
\timing on
SET statement_timeout = '300ms';
\echo report
SELECT count(*) FROM oncall.pay_report('[2000-01-01,3000-01-01)');
SELECT count(*) FROM oncall.explain_pay('Aroha Ngata','[2000-01-01,3000-01-01)');
SELECT count(*) FROM oncall.callouts('[2000-01-01,3000-01-01)');
SELECT count(*) FROM oncall.roster('[2000-01-01,3000-01-01)');
SELECT count(*) FROM oncall.duties('Aroha Ngata','[2000-01-01,9000-01-01)');
SELECT count(*) FROM oncall.duty_conflicts('[2000-01-01,3000-01-01)');
SELECT count(*) FROM oncall.audit('[2000-01-01,3000-01-01)');
SELECT count(*) FROM oncall.handover('[2000-01-01,5000-01-01)');
SELECT count(*) FROM oncall.roster_diff('[2000-01-01,3000-01-01)',null,'2025-01-01');
SELECT count(*) FROM oncall.plan_covers('SRE','[2026-12-01,2036-01-01)');
SELECT count(*) FROM oncall.handovers('R/2000-01-05T09:00[Europe/London]/PT1H','[2000-01-01,9000-01-01)');
SELECT length(oncall.open_periods('Mo-Su 08:00-09:00,10:00-11:00','[2000-01-01,9000-01-01)','Europe/London')::text);
SELECT oncall.band_hours('[2000-01-01,9000-01-01)', 1);
SELECT count(*) FROM oncall.cover_history('SRE','[2000-01-01,9000-01-01)');
SET oncall.horizon='90 years';
SELECT count(*) FROM oncall.shift;
SELECT count(*) FROM oncall.duty_conflict;
SELECT count(*) FROM oncall.lint();
SELECT count(*) FROM oncall.turn_at('R/2000-01-05T09:00[Europe/London]/PT1H,PT2H','9000-01-01');
SELECT count(*) FROM oncall.on_call(1, '280000-01-01');
SELECT count(*) FROM oncall.on_call_now;
SELECT count(*) FROM oncall.pay_by_month;
S
