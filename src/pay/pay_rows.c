/*-------------------------------------------------------------------------
 *
 * pay_rows.c
 *	  The rows that a payroll is written as: lines, pieces and call-outs.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/pay_rows.h"

#include "base/saved_query.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pay/exact.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

/* Columns of pay_lines(). */
enum
{
	LINE_PERSON_ID,
	LINE_POLICY_ID,
	LINE_ROTATION_ID,
	LINE_KIND,
	LINE_BAND,
	LINE_PAY_CODE,
	LINE_HOURS,
	LINE_COUNTED,
	LINE_COUNTED_OF,
	LINE_RATE,
	LINE_PER,
	LINE_LIEU,
	LINE_COLUMNS
};

/* Columns of pay_pieces(): those, and where they come from. */
enum
{
	PIECE_PAID = LINE_COLUMNS,
	PIECE_LIEU_FACTOR,
	PIECE_SEAT,
	PIECE_CALLOUT,
	PIECE_RESPONSES,
	PIECE_WORKED,
	PIECE_MINIMUM,
	PIECE_PERIOD,
	PIECE_ZONE,
	PIECE_COLUMNS
};

/* Columns of callout_periods(). */
enum
{
	CALLOUT_PERSON_ID,
	CALLOUT_POLICY_ID,
	CALLOUT_PERIOD,
	CALLOUT_ENDED,
	CALLOUT_RESPONSES,
	CALLOUT_LIEU,
	CALLOUT_COLUMNS
};

static const char *const kind_name[NUM_PAY_KINDS] = {
	[PAY_STANDBY] = "standby",
	[PAY_CALLOUT] = "callout"
};

static void
put_row(const Payroll *payroll, Datum *values, bool *nulls)
{
	tuplestore_putvalues(payroll->result->setResult,
						 payroll->result->setDesc, values, nulls);
}

static Datum
range_of(const Payroll *payroll, Period period)
{
	return RangeTypePGetDatum(tstzrange_of_period(payroll->typcache, period));
}

static Datum
text_or_null(const char *value, bool *isnull)
{
	*isnull = value == NULL;
	return value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
}

/* Fill in the columns of a line; lieu is a numeric, 0: there is none. */
static void
fill_line(const Payroll *payroll, const PayPolicy *policy, PayKind kind,
		  const PayBand *band, Datum rate, int32 rotation_id,
		  const PayShare *share, Datum lieu, Datum *values, bool *nulls)
{
	const BandTerms *terms = &band->terms[kind];

	values[LINE_PERSON_ID] = Int32GetDatum(payroll->payee->person_id);
	values[LINE_POLICY_ID] = Int32GetDatum(policy->pay_policy_id);
	values[LINE_ROTATION_ID] = Int32GetDatum(rotation_id);
	nulls[LINE_ROTATION_ID] = rotation_id == 0;
	values[LINE_KIND] = CStringGetTextDatum(kind_name[kind]);
	values[LINE_BAND] = CStringGetTextDatum(band->name);
	values[LINE_PAY_CODE] = text_or_null(band->code, &nulls[LINE_PAY_CODE]);
	values[LINE_HOURS] = exact_interval(share->held);
	pay_share_counted(share, terms->nominal, &values[LINE_COUNTED],
					  &values[LINE_COUNTED_OF]);
	values[LINE_RATE] = rate == (Datum) 0 ? exact_of(0) : rate;
	values[LINE_PER] = terms->per;
	values[LINE_LIEU] = lieu == (Datum) 0 ? exact_interval(0) :
		exact_interval_rounded(lieu);
}

/* A line of pay, of one band or of several that are paid alike. */
typedef struct PayLine
{
	int32		rotation_id;
	const PayBand *band;
	Datum		rate;
	PayShare	share;
	Datum		lieu;			/* as of fill_line() */
} PayLine;

static bool
same_code(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

/* Does time in this band at this rate belong to the line? */
static bool
belongs_to_line(const PayLine *line, int32 rotation_id, PayKind kind,
				const PayBand *band, Datum rate)
{
	const BandTerms *x = &line->band->terms[kind];
	const BandTerms *y = &band->terms[kind];

	return line->rotation_id == rotation_id && x->nominal == y->nominal &&
		x->per_length == y->per_length &&
		strcmp(line->band->name, band->name) == 0 &&
		same_code(line->band->code, band->code) &&
		exact_cmp(line->rate, rate) == 0;
}

/* Add what is in a band to its line, which may be a new one. */
static List *
add_to_line(List *lines, PayKind kind, const PayGroup *group,
			const PayBand *band, const PayShare *share)
{
	Datum		rate = pay_account_rate(band, kind, group->wage);
	PayLine    *line = NULL;
	ListCell   *cell;

	if (rate == (Datum) 0)
		rate = exact_of(0);
	foreach(cell, lines)
	{
		line = lfirst(cell);
		if (belongs_to_line(line, group->rotation_id, kind, band, rate))
			break;
		line = NULL;
	}
	if (line == NULL)
	{
		line = palloc0(sizeof(PayLine));
		line->rotation_id = group->rotation_id;
		line->band = band;
		line->rate = rate;
		lines = lappend(lines, line);
	}
	pay_share_add(&line->share, share);
	if (band->terms[kind].earns_lieu)
	{
		Datum		lieu = pay_share_lieu(share, band->terms[kind].lieu_factor);

		line->lieu = line->lieu == (Datum) 0 ? lieu :
			exact_sum(line->lieu, lieu);
	}
	return lines;
}

/* Order of rotations. */
static int
group_cmp(const ListCell *a, const ListCell *b)
{
	int32		x = ((const PayGroup *) lfirst(a))->rotation_id;
	int32		y = ((const PayGroup *) lfirst(b))->rotation_id;

	return (x > y) - (x < y);
}

/* The lines of one kind, in order of rotations and of bands. */
static List *
collect_lines(const PayAccount *account, PayKind kind)
{
	List	   *groups = list_copy(account->groups);
	List	   *lines = NIL;
	ListCell   *first = list_head(groups);
	ListCell   *cell;
	int			i;

	list_sort(groups, group_cmp);
	while (first != NULL)
	{
		int32		rotation_id = ((PayGroup *) lfirst(first))->rotation_id;
		ListCell   *end = NULL;

		for (i = 0; i <= account->policy->nbands; i++)
		{
			for (cell = first; cell != NULL; cell = lnext(groups, cell))
			{
				const PayGroup *group = lfirst(cell);
				const PayShare *share = &group->shares[kind][i];

				if (group->rotation_id != rotation_id)
					break;
				if (!pay_share_is_nothing(share))
					lines = add_to_line(lines, kind, group,
										&account->policy->bands[i], share);
			}
			end = cell;
		}
		first = end;
	}
	return lines;
}

void
pay_rows_put_lines(const Payroll *payroll, const PayAccount *account)
{
	int			kind;
	ListCell   *cell;

	if (payroll->mode != MODE_LINES ||
		!pay_account_wants(payroll, account->policy))
		return;
	for (kind = 0; kind < NUM_PAY_KINDS; kind++)
	{
		foreach(cell, collect_lines(account, kind))
		{
			const PayLine *line = lfirst(cell);
			Datum		values[LINE_COLUMNS];
			bool		nulls[LINE_COLUMNS] = {0};

			fill_line(payroll, account->policy, kind, line->band, line->rate,
					  line->rotation_id, &line->share, line->lieu, values,
					  nulls);
			put_row(payroll, values, nulls);
		}
	}
}

/* The ids of a call-out's responses, each once, in order of their start. */
static Datum
response_ids(const Payroll *payroll, const Callout *callout)
{
	const Response *responses = &payroll->responses[callout->first];
	int32	   *ids = palloc(callout->nresponses * sizeof(int32));
	int			nids = 0;
	int			i;
	int			k;

	for (i = 0; i < callout->nresponses; i++)
	{
		CHECK_FOR_INTERRUPTS();
		/* of one that was cut, every part is here */
		for (k = responses[i].is_cut ? 0 : nids; k < nids; k++)
		{
			if (ids[k] == responses[i].response_id)
				break;
		}
		if (k == nids)
			ids[nids++] = responses[i].response_id;
	}
	return query_id_array(ids, nids);
}

/* Fill in what tells of a piece's duty or call-out. */
static void
fill_source(const Payroll *payroll, const PieceSource *source, Datum *values,
			bool *nulls)
{
	const Callout *callout = source->callout;

	nulls[PIECE_SEAT] = callout != NULL;
	values[PIECE_SEAT] = Int16GetDatum(source->seat + 1);
	nulls[PIECE_CALLOUT] = nulls[PIECE_RESPONSES] = callout == NULL;
	nulls[PIECE_WORKED] = nulls[PIECE_MINIMUM] = callout == NULL;
	if (callout != NULL)
	{
		values[PIECE_CALLOUT] = range_of(payroll, callout->paid);
		values[PIECE_RESPONSES] = response_ids(payroll, callout);
		values[PIECE_WORKED] = exact_interval(callout->ended -
											  callout->paid.from);
		values[PIECE_MINIMUM] = exact_interval(callout->minimum);
	}
}

static void
put_piece(const Payroll *payroll, const PayPolicy *policy,
		  const BandPiece *piece, const PieceSource *source,
		  const PayShare *share, bool paid)
{
	PayKind		kind = source->callout == NULL ? PAY_STANDBY : PAY_CALLOUT;
	const PayBand *band = &policy->bands[piece->band];
	Period		period = {piece->from, piece->until};
	Zone	   *zone = unconstify(Zone *, REGIME_ZONE(piece->regime));
	Datum		values[PIECE_COLUMNS] = {0};
	bool		nulls[PIECE_COLUMNS] = {0};

	fill_line(payroll, policy, kind, band,
			  pay_account_rate(band, kind, source->wage), source->rotation_id,
			  share, pay_share_lieu(share, band->terms[kind].lieu_factor),
			  values, nulls);
	if (!paid)
		values[LINE_HOURS] = exact_interval(piece->until - piece->from);
	values[PIECE_PAID] = BoolGetDatum(paid);
	values[PIECE_LIEU_FACTOR] = band->terms[kind].lieu_factor;
	fill_source(payroll, source, values, nulls);
	values[PIECE_PERIOD] = range_of(payroll, period);
	values[PIECE_ZONE] = CStringGetTextDatum(pg_get_timezone_name(zone));
	put_row(payroll, values, nulls);
}

void
pay_rows_put_piece(const Payroll *payroll, const PayPolicy *policy,
				   const BandPiece *piece, const PieceSource *source,
				   const PayShare *share)
{
	put_piece(payroll, policy, piece, source, share, true);
}

void
pay_rows_put_unpaid(const Payroll *payroll, const PayPolicy *policy,
					const BandPiece *piece, const PieceSource *source)
{
	PayShare	nothing = {0};

	put_piece(payroll, policy, piece, source, &nothing, false);
}

void
pay_rows_put_callout(const Payroll *payroll, const PayPolicy *policy,
					 const Callout *callout, const PayShare *shares)
{
	Datum		values[CALLOUT_COLUMNS];
	bool		nulls[CALLOUT_COLUMNS] = {0};
	Datum		lieu = exact_of(0);
	int			i;

	for (i = 0; i <= policy->nbands; i++)
		lieu = exact_sum(lieu,
						 pay_share_lieu(&shares[i],
										policy->bands[i].terms[PAY_CALLOUT].lieu_factor));

	values[CALLOUT_PERSON_ID] = Int32GetDatum(payroll->payee->person_id);
	values[CALLOUT_POLICY_ID] = Int32GetDatum(policy->pay_policy_id);
	values[CALLOUT_PERIOD] = range_of(payroll, callout->paid);
	values[CALLOUT_ENDED] = TimestampTzGetDatum(callout->ended);
	values[CALLOUT_RESPONSES] = response_ids(payroll, callout);
	values[CALLOUT_LIEU] = exact_interval_rounded(lieu);
	put_row(payroll, values, nulls);
}
