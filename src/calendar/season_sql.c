/*-------------------------------------------------------------------------
 *
 * season_sql.c
 *	  season_blocks(): the SQL function over season.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "calendar/season.h"

#include "base/array_arguments.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/date.h"

PG_FUNCTION_INFO_V1(oncall_season_blocks_of);

/* The names of seasons, without saying any twice. */
typedef struct SeasonNames
{
	int			n;
	char	  **names;
} SeasonNames;

static int
name_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Number seasons: any order will do. */
static SeasonNames
number_seasons(const Datum *seasons, const bool *none, int n)
{
	SeasonNames list;
	int			all = 0;
	int			i;

	list.names = palloc((n + 1) * sizeof(char *));
	for (i = 0; i < n; i++)
	{
		if (!none[i])
			list.names[all++] = TextDatumGetCString(seasons[i]);
	}
	qsort(list.names, all, sizeof(char *), name_cmp);
	list.n = 0;
	for (i = 0; i < all; i++)
	{
		if (list.n == 0 ||
			strcmp(list.names[list.n - 1], list.names[i]) != 0)
			list.names[list.n++] = list.names[i];
	}
	return list;
}

static int
season_number(const SeasonNames *list, Datum season)
{
	char	   *name = TextDatumGetCString(season);
	char	  **found = bsearch(&name, list->names, list->n, sizeof(char *),
								name_cmp);

	return (int) (found - list->names);
}

/* The arguments of season_blocks: three arrays of one length. */
typedef struct HolidayColumns
{
	int			n;
	Datum	   *days;
	Datum	   *observes;
	Datum	   *seasons;
	bool	   *no_observes;
	bool	   *no_season;
} HolidayColumns;

/* The dates of an array, which must be some. */
static Datum *
read_days(ArrayType *array, const char *what, bool **nulls, int *n)
{
	Datum	   *days = array_argument(array, what, DATEOID, nulls, n);
	int			i;

	for (i = 0; i < *n; i++)
	{
		if ((nulls == NULL || !(*nulls)[i]) &&
			DATE_NOT_FINITE(DatumGetDateADT(days[i])))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("\"%s\" must be finite dates", what)));
	}
	return days;
}

static void
read_columns(FunctionCallInfo fcinfo, HolidayColumns *columns)
{
	static const char *const hint =
	"Give one element for each holiday in all arrays.";
	int			n;

	columns->days = read_days(PG_GETARG_ARRAYTYPE_P(0), "days", NULL,
							  &columns->n);
	columns->observes = read_days(PG_GETARG_ARRAYTYPE_P(1), "observes",
								  &columns->no_observes, &n);
	array_argument_length("observes", columns->n, n, hint);
	columns->seasons = array_argument(PG_GETARG_ARRAYTYPE_P(2), "seasons",
									  TEXTOID, &columns->no_season, &n);
	array_argument_length("seasons", columns->n, n, hint);
}

/* The block of each holiday that belongs to a season. */
Datum
oncall_season_blocks_of(PG_FUNCTION_ARGS)
{
	HolidayColumns columns;
	SeasonNames seasons;
	SeasonDay  *sorted;
	Datum	   *blocks;
	int			lower_bound = 1;
	int			n = 0;
	int			i;

	read_columns(fcinfo, &columns);
	seasons = number_seasons(columns.seasons, columns.no_season, columns.n);
	sorted = palloc((columns.n + 1) * sizeof(SeasonDay));
	for (i = 0; i < columns.n; i++)
	{
		if (columns.no_season[i])
			continue;
		sorted[n].day = DatumGetDateADT(columns.days[i]);
		sorted[n].observes = columns.no_observes[i] ? NO_DAY :
			DatumGetDateADT(columns.observes[i]);
		sorted[n++].season = season_number(&seasons, columns.seasons[i]);
	}
	season_blocks(sorted, n);

	blocks = palloc0((columns.n + 1) * sizeof(Datum));
	for (i = 0; i < columns.n; i++)
	{
		int			found;

		if (columns.no_season[i])
			continue;
		/* holidays of one season and date are in one block */
		found = season_day_find(sorted, n,
								season_number(&seasons, columns.seasons[i]),
								DatumGetDateADT(columns.days[i]));
		blocks[i] = DateADTGetDatum(sorted[found].block);
	}
	PG_RETURN_ARRAYTYPE_P(construct_md_array(blocks, columns.no_season, 1,
											 &columns.n, &lower_bound,
											 DATEOID, sizeof(DateADT), true,
											 TYPALIGN_INT));
}
