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
#include "pay/exact.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

/* Columns of pay_lines(). */
enum
{
	LINE_PERSON_ID,
	LINE_POLICY_ID,
	LINE_KIND,
	LINE_BAND,
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
	PIECE_ROTATION_ID,
	PIECE_SEAT,
	PIECE_CALLOUT,
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

/* Fill in the columns of a line. */
static void
fill_line(const Payroll *payroll, const PayPolicy *policy, PayKind kind,
		  const PayBand *band, const PayShare *share, Datum lieu,
		  Datum *values)
{
	values[LINE_PERSON_ID] = Int32GetDatum(payroll->payee->person_id);
	values[LINE_POLICY_ID] = Int32GetDatum(policy->pay_policy_id);
	values[LINE_KIND] = CStringGetTextDatum(kind_name[kind]);
	values[LINE_BAND] = CStringGetTextDatum(band->name);
	values[LINE_HOURS] = exact_interval(share->held);
	pay_share_counted(share, band->nominal, &values[LINE_COUNTED],
					  &values[LINE_COUNTED_OF]);
	values[LINE_RATE] = band->rates[kind];
	values[LINE_PER] = band->per;
	values[LINE_LIEU] = exact_interval_rounded(lieu);
}

/* Write the line that begins with a band, unless nothing is on it. */
static void
put_line(const Payroll *payroll, const PayAccount *account, PayKind kind,
		 int first)
{
	const PayPolicy *policy = account->policy;
	Datum		values[LINE_COLUMNS];
	bool		nulls[LINE_COLUMNS] = {0};
	Datum		lieu = exact_of(0);
	PayShare	sum = {0};
	int			i;

	for (i = first; i <= policy->nbands; i++)
	{
		const PayShare *share = &account->shares[kind][i];

		if (policy->bands[i].line[kind] != first ||
			pay_share_is_nothing(share))
			continue;
		pay_share_add(&sum, share);
		if (kind == PAY_CALLOUT)
			lieu = exact_sum(lieu,
							 pay_share_lieu(share,
											policy->bands[i].lieu_factor));
	}
	if (pay_share_is_nothing(&sum))
		return;
	fill_line(payroll, policy, kind, &policy->bands[first], &sum, lieu,
			  values);
	put_row(payroll, values, nulls);
}

void
pay_rows_put_lines(const Payroll *payroll, const PayAccount *account)
{
	int			kind;
	int			i;

	for (kind = 0; kind < NUM_PAY_KINDS; kind++)
	{
		for (i = 0; i <= account->policy->nbands; i++)
			put_line(payroll, account, kind, i);
	}
}

static void
put_piece(const Payroll *payroll, const PayPolicy *policy,
		  const BandPiece *piece, const PieceSource *source,
		  const PayShare *share, bool paid)
{
	const PayBand *band = &policy->bands[piece->band];
	const Callout *callout = source->callout;
	Period		period = {piece->from, piece->until};
	Zone	   *zone = unconstify(Zone *, REGIME_ZONE(piece->regime));
	Datum		values[PIECE_COLUMNS] = {0};
	bool		nulls[PIECE_COLUMNS] = {0};

	if (callout == NULL)
		fill_line(payroll, policy, PAY_STANDBY, band, share, exact_of(0),
				  values);
	else
		fill_line(payroll, policy, PAY_CALLOUT, band, share,
				  pay_share_lieu(share, band->lieu_factor), values);
	values[PIECE_PAID] = BoolGetDatum(paid);
	if (!paid)
		values[LINE_HOURS] = exact_interval(piece->until - piece->from);
	values[PIECE_LIEU_FACTOR] = band->lieu_factor;
	values[PIECE_ROTATION_ID] = Int32GetDatum(source->rotation_id);
	values[PIECE_SEAT] = Int16GetDatum(source->seat + 1);
	nulls[PIECE_ROTATION_ID] = nulls[PIECE_SEAT] = callout != NULL;
	if (callout != NULL)
		values[PIECE_CALLOUT] = range_of(payroll, callout->paid);
	nulls[PIECE_CALLOUT] = callout == NULL;
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
					 const Callout *callout, const Response *responses,
					 const PayShare *shares)
{
	Datum		values[CALLOUT_COLUMNS];
	bool		nulls[CALLOUT_COLUMNS] = {0};
	int32	   *ids = palloc(callout->nresponses * sizeof(int32));
	Datum		lieu = exact_of(0);
	int			i;

	for (i = 0; i < callout->nresponses; i++)
		ids[i] = responses[callout->first + i].response_id;
	for (i = 0; i <= policy->nbands; i++)
		lieu = exact_sum(lieu, pay_share_lieu(&shares[i],
											  policy->bands[i].lieu_factor));

	values[CALLOUT_PERSON_ID] = Int32GetDatum(payroll->payee->person_id);
	values[CALLOUT_POLICY_ID] = Int32GetDatum(policy->pay_policy_id);
	values[CALLOUT_PERIOD] = range_of(payroll, callout->paid);
	values[CALLOUT_ENDED] = TimestampTzGetDatum(callout->ended);
	values[CALLOUT_RESPONSES] = query_id_array(ids, callout->nresponses);
	values[CALLOUT_LIEU] = exact_interval_rounded(lieu);
	put_row(payroll, values, nulls);
}
