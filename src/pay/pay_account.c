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
#include "miscadmin.h"
#include "pay/exact.h"

/* How time is split in a rotation and seat. */
typedef struct KnownBands
{
	int32		rotation_id;
	int			seat;
	Bands	   *bands;
} KnownBands;

Period
pay_account_window(const Payroll *payroll)
{
	Period		around = payroll->window;
	int			i;

	for (i = 0; i < payroll->npolicies; i++)
	{
		if (!payroll->policies[i].whole_days)
			continue;
		around.from = Max(payroll->window.from - LONGEST_DAY, MIN_TIMESTAMP);
		around.until = Min(payroll->window.until,
						   END_TIMESTAMP - 1 - LONGEST_DAY) + LONGEST_DAY;
	}
	return around;
}

int
pay_account_payee(const Payroll *payroll, int32 person_id)
{
	return ids_place(payroll->payees, payroll->npayees, sizeof(Payee),
					 offsetof(Payee, person_id), person_id);
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
		account->shares[i] = palloc0(nbands * sizeof(PayShare));
	account->lieu_days = palloc(nbands * sizeof(Day));
	for (i = 0; i < nbands; i++)
		account->lieu_days[i] = PG_INT32_MIN;
	payroll->accounts = lappend(payroll->accounts, account);
	return account;
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
pay_account_count(Payroll *payroll, const PayPolicy *policy,
				  const BandPiece *piece, PayShare *share)
{
	TimestampTz at = piece->from;

	exact_add(&share->held, piece->until - piece->from);
	if (!policy->bands[piece->band].nominal)
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
