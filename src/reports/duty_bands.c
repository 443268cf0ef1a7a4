/*-------------------------------------------------------------------------
 *
 * duty_bands.c
 *	  Duty in bands that mean the same to everybody, whatever they are paid.
 *
 * Each hour is of one band: a night of a weekend is of the weekend.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/tstzrange.h"
#include "calendar/zone.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pay/bands.h"
#include "types/weekly_hours_private.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(oncall_duty_bands);

/* In the order in which they count. What is none of them is evening. */
enum
{
	DUTY_HOLIDAY,
	DUTY_WEEKEND,
	DUTY_NIGHT,
	DUTY_WORKING,
	DUTY_EVENING,
	DUTY_BANDS
};

/* The arguments that say where and when somebody works. */
#define DUTY_PLACE 1
#define DUTY_PLACE_ARGUMENTS 3

/* How the last person's time was split; most work like the one before. */
typedef struct DutySplit
{
	MemoryContext context;		/* of what follows; reset for another */
	struct varlena *place[DUTY_PLACE_ARGUMENTS];
	Bands		bands;
	Regime		regime;
} DutySplit;

static DutySplit *
duty_split(FunctionCallInfo fcinfo)
{
	DutySplit  *split = fcinfo->flinfo->fn_extra;

	if (split == NULL)
	{
		split = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt,
									   sizeof(DutySplit));
		split->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt,
											   "oncall duty bands",
											   ALLOCSET_SMALL_SIZES);
		fcinfo->flinfo->fn_extra = split;
	}
	return split;
}

/* Holidays in order, none of them twice. */
static Holidays
read_holidays(ArrayType *dates)
{
	int			ndays = ArrayGetNItems(ARR_NDIM(dates), ARR_DIMS(dates));
	Day		   *days = palloc((ndays + 1) * sizeof(Day));

	if (array_contains_nulls(dates))
		elog(ERROR, "holidays must not contain nulls");
	memcpy(days, ARR_DATA_PTR(dates), ndays * sizeof(Day));
	return holidays_of_dates(days, ndays);
}

/* Work out what each kind of day is made of. */
static void
make_week(BandWeek *week, const WeeklyHours *working_hours)
{
	static const DaySpan midnight_on = {0, MINUTES_PER_DAY};
	static const DaySpan evening_on = {22 * 60, 30 * 60};
	static const DaySpans all_day = {1, &midnight_on};
	static const DaySpans night = {1, &evening_on};
	Week		weeks[DUTY_EVENING];
	const Week *applies[DUTY_EVENING];
	int			i;

	memset(weeks, 0, sizeof(weeks));
	for (i = 0; i < 7; i++)
	{
		weeks[DUTY_HOLIDAY].holiday[i] = all_day;
		weeks[DUTY_NIGHT].ordinary[i] = night;
		weeks[DUTY_NIGHT].holiday[i] = night;
		if (i >= 5)
			weeks[DUTY_WEEKEND].ordinary[i] = all_day;
	}
	weekly_hours_to_week(working_hours, &weeks[DUTY_WORKING]);
	for (i = 0; i < DUTY_EVENING; i++)
		applies[i] = &weeks[i];
	bands_week(week, applies, DUTY_EVENING, true);
}

/* Get ready for somebody's zone, working hours and holidays. */
static void
make_split(FunctionCallInfo fcinfo, DutySplit *split,
		   struct varlena *const *place)
{
	Zone	   *zone = zone_by_name(text_to_cstring((text *) place[0]),
									NULL, NULL);
	MemoryContext caller;
	int			i;

	split->place[0] = NULL;		/* should an error come from here on */
	MemoryContextReset(split->context);
	caller = MemoryContextSwitchTo(split->context);
	split->regime.until = DT_NOEND;
	split->regime.offsets = zone_offsets_of_session(zone);
	split->regime.holidays = read_holidays((ArrayType *) place[2]);
	make_week(&split->regime.week, (WeeklyHours *) place[1]);
	split->bands.nbands = DUTY_EVENING;
	split->bands.nregimes = 1;
	split->bands.regimes = &split->regime;
	for (i = DUTY_PLACE_ARGUMENTS - 1; i >= 0; i--)
		split->place[i] = memcpy(palloc(VARSIZE_ANY(place[i])), place[i],
								 VARSIZE_ANY(place[i]));
	MemoryContextSwitchTo(caller);
}

static const Bands *
find_bands(FunctionCallInfo fcinfo)
{
	DutySplit  *split = duty_split(fcinfo);
	struct varlena *place[DUTY_PLACE_ARGUMENTS];
	bool		same = split->place[0] != NULL;
	int			i;

	for (i = 0; i < DUTY_PLACE_ARGUMENTS; i++)
	{
		place[i] = PG_DETOAST_DATUM(PG_GETARG_DATUM(DUTY_PLACE + i));
		same = same && weekly_hours_same_bytes(split->place[i], place[i]);
	}
	if (!same)
		make_split(fcinfo, split, place);
	return &split->bands;
}

/* duty_bands(duty, zone, working_hours, holidays) */
Datum
oncall_duty_bands(PG_FUNCTION_ARGS)
{
	const Bands *bands = find_bands(fcinfo);
	int64		totals[DUTY_BANDS] = {0};
	Interval	sums[DUTY_BANDS] = {{0}};
	Datum		values[DUTY_BANDS];
	bool		nulls[DUTY_BANDS] = {0};
	TupleDesc	tupdesc;
	Period	   *periods;
	int			nperiods;
	int			i;

	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	periods = tstzmultirange_periods(PG_GETARG_MULTIRANGE_P(0), &nperiods);
	for (i = 0; i < nperiods; i++)
	{
		CHECK_FOR_INTERRUPTS();
		bands_add(bands, periods[i].from, periods[i].until, totals);
	}
	for (i = 0; i < DUTY_BANDS; i++)
	{
		sums[i].time = totals[i];
		values[i] = IntervalPGetDatum(&sums[i]);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc),
													  values, nulls)));
}
