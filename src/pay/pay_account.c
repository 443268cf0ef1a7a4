/*-------------------------------------------------------------------------
 *
 * pay_account.c
 *	  A payroll: who is paid for which window, and what each person has by
 *	  each policy.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/pay_account.h"

#include "base/ids.h"
#include "base/saved_query.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "pay/exact.h"
#include "utils/builtins.h"

/* How time is split in a rotation and seat. */
typedef struct KnownBands
{
	int32		rotation_id;
	int			seat;
	Bands	   *bands;
} KnownBands;

/* How the bands of a policy compare to one who has a wage. */
typedef struct KnownRanks
{
	Datum		wage;
	int		   *ranks;			/* of each band */
} KnownRanks;

/* A band's rate of standby, to be compared. */
typedef struct RatedBand
{
	Datum		rate;
	int64		per_length;
	int			band;
} RatedBand;

Period
pay_account_window(const Payroll *payroll)
{
	Period		around = payroll->window;
	int			i;

	for (i = 0; i < payroll->npolicies; i++)
	{
		if (payroll->policies[i].by_date)
			around.from = Max(payroll->window.from - LONGEST_DATE,
							  MIN_TIMESTAMP);
	}
	return around;
}

int
pay_account_payee(const Payroll *payroll, int32 person_id)
{
	return ids_place(payroll->payees, payroll->npayees, sizeof(Payee),
					 offsetof(Payee, person_id), person_id);
}

static PayGroup *
add_group(PayAccount *account, int32 rotation_id, Datum wage)
{
	PayGroup   *group = palloc(sizeof(PayGroup));
	int			i;

	group->rotation_id = rotation_id;
	group->wage = wage;
	for (i = 0; i < NUM_PAY_KINDS; i++)
		group->shares[i] = palloc0((account->policy->nbands + 1) *
								   sizeof(PayShare));
	account->groups = lappend(account->groups, group);
	return group;
}

PayAccount *
pay_account_of(Payroll *payroll, const PayPolicy *policy)
{
	int			nbands = policy->nbands + 1;
	PayAccount *account;
	ListCell   *cell;
	int			i;

	foreach(cell, payroll->accounts)
	{
		account = lfirst(cell);
		if (account->policy == policy)
			return account;
	}
	account = palloc0(sizeof(PayAccount));
	account->policy = policy;
	for (i = 0; i < NUM_PAY_KINDS; i++)
		account->lieu_dates[i] = palloc0(nbands * sizeof(DateSet));
	if (!policy->by_rotation && !policy->of_wage)
		account->plain = add_group(account, 0, (Datum) 0);
	payroll->accounts = lappend(payroll->accounts, account);
	return account;
}

static bool
same_wage(Datum a, Datum b)
{
	if (a == (Datum) 0 || b == (Datum) 0)
		return a == b;
	return exact_cmp(a, b) == 0;
}

PayShare *
pay_account_share(PayAccount *account, PayKind kind, int band,
				  int32 rotation_id, Datum wage)
{
	const PayPolicy *policy = account->policy;
	PayGroup   *group;
	ListCell   *cell;

	if (account->plain != NULL)
		return &account->plain->shares[kind][band];
	/* one and the same wherever it makes no difference */
	if (!policy->by_rotation)
		rotation_id = 0;
	if (!policy->bands[band].of_wage)
		wage = (Datum) 0;
	foreach(cell, account->groups)
	{
		group = lfirst(cell);
		if (group->rotation_id == rotation_id && same_wage(group->wage, wage))
			return &group->shares[kind][band];
	}
	group = add_group(account, rotation_id, wage);
	return &group->shares[kind][band];
}

Datum
pay_account_rate(const PayBand *band, PayKind kind, Datum wage)
{
	Datum		rate = band->terms[kind].rate;

	if (!band->of_wage || exact_cmp(rate, exact_of(0)) == 0)
		return rate;
	return wage == (Datum) 0 ? (Datum) 0 : exact_product(rate, wage);
}

/* Who, by which policy, on which date of theirs. */
static SavedQuery names_query = {
	.text =
	"SELECT p.name::pg_catalog.text, y.name::pg_catalog.text,"
	" pg_catalog.to_char(pg_catalog.timezone($4, $3), 'YYYY-MM-DD')"
	" FROM oncall.person p, oncall.pay_policy y"
	" WHERE p.person_id OPERATOR(pg_catalog.=) $1"
	" AND y.pay_policy_id OPERATOR(pg_catalog.=) $2",
	.nargs = 4,
	.argtypes = {INT4OID, INT4OID, TIMESTAMPTZOID, TEXTOID}
};

void
pay_account_check_wage(const Payroll *payroll, const PayPolicy *policy,
					   PayKind kind, const BandPiece *piece, Datum wage)
{
	const PayBand *band = &policy->bands[piece->band];
	Zone	   *zone = unconstify(Zone *, REGIME_ZONE(piece->regime));
	Datum		args[4];
	HeapTuple	row;

	if (pay_account_rate(band, kind, wage) != (Datum) 0)
		return;
	SPI_connect();
	args[0] = Int32GetDatum(payroll->payee->person_id);
	args[1] = Int32GetDatum(policy->pay_policy_id);
	args[2] = TimestampTzGetDatum(piece->from);
	args[3] = CStringGetTextDatum(pg_get_timezone_name(zone));
	if (query_run(&names_query, args, NULL) == 0)
		elog(ERROR, "a person or pay policy has gone");
	row = SPI_tuptable->vals[0];
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("no wage of \"%s\" is known on %s",
					TextDatumGetCString(query_column(row, 1)),
					TextDatumGetCString(query_column(row, 3))),
			 errdetail("Band \"%s\" of pay policy \"%s\" pays a share of it.",
					   band->name,
					   TextDatumGetCString(query_column(row, 2))),
			 errhint("Write it in pay_assignment.wage.")));
}

/* Which band's standby is paid higher, for equal lengths of time? */
static int
rated_band_cmp(const void *a, const void *b)
{
	const RatedBand *x = a;
	const RatedBand *y = b;

	return exact_cmp(exact_product(x->rate, exact_of(y->per_length)),
					 exact_product(y->rate, exact_of(x->per_length)));
}

static int *
rank_bands(const PayPolicy *policy, Datum wage)
{
	int			n = policy->nbands + 1;
	RatedBand  *order = palloc(n * sizeof(RatedBand));
	int		   *ranks = palloc(n * sizeof(int));
	int			i;

	for (i = 0; i < n; i++)
	{
		order[i].rate = pay_account_rate(&policy->bands[i], PAY_STANDBY, wage);
		if (order[i].rate == (Datum) 0)
			order[i].rate = exact_of(0);
		order[i].per_length = policy->bands[i].terms[PAY_STANDBY].per_length;
		order[i].band = i;
	}
	qsort(order, n, sizeof(RatedBand), rated_band_cmp);
	for (i = 0; i < n; i++)
	{
		ranks[order[i].band] = i;
		if (i > 0 && rated_band_cmp(&order[i - 1], &order[i]) == 0)
			ranks[order[i].band] = ranks[order[i - 1].band];
	}
	pfree(order);
	return ranks;
}

int
pay_account_rank(PayAccount *account, int band, Datum wage)
{
	KnownRanks *known;
	ListCell   *cell;

	if (!account->policy->of_wage)
		wage = (Datum) 0;
	foreach(cell, account->ranks)
	{
		known = lfirst(cell);
		if (same_wage(known->wage, wage))
			return known->ranks[band];
	}
	known = palloc(sizeof(KnownRanks));
	known->wage = wage;
	known->ranks = rank_bands(account->policy, wage);
	account->ranks = lappend(account->ranks, known);
	return known->ranks[band];
}

const Bands *
pay_account_bands(const Payroll *payroll, PayAccount *account,
				  int32 rotation_id, int seat)
{
	KnownBands *known;
	ListCell   *cell;

	/* the same everywhere, unless some band is narrowed */
	if (!account->policy->narrowed)
	{
		rotation_id = 0;
		seat = -1;
	}
	foreach(cell, account->bands)
	{
		known = lfirst(cell);
		if (known->rotation_id == rotation_id && known->seat == seat)
			return known->bands;
	}
	known = palloc(sizeof(KnownBands));
	known->rotation_id = rotation_id;
	known->seat = seat;
	known->bands = pay_loader_bands(account->policy, payroll->payee,
									rotation_id, seat + 1,
									payroll->calendars);
	account->bands = lappend(account->bands, known);
	return known->bands;
}

void
pay_account_turn_to_zone(Payroll *payroll, const Regime *regime, int64 starts)
{
	const Zone *zone = REGIME_ZONE(regime);

	if (payroll->day.clock.zone != zone || payroll->day.starts != starts)
		policy_day_init(&payroll->day, zone, starts);
}

void
pay_account_count(Payroll *payroll, const PayPolicy *policy, PayKind kind,
				  const BandPiece *piece, PayShare *share)
{
	TimestampTz at = piece->from;

	exact_add(&share->held, piece->until - piece->from);
	if (!policy->bands[piece->band].terms[kind].nominal)
		return;
	pay_account_turn_to_zone(payroll, piece->regime, policy->day_starts);
	while (at < piece->until)
	{
		TimestampTz end;

		CHECK_FOR_INTERRUPTS();
		policy_day_at(&payroll->day, at);
		end = Min(payroll->day.until, piece->until);
		pay_share_add_part(share, payroll->day.until - payroll->day.from,
						   end - at);
		at = end;
	}
}
