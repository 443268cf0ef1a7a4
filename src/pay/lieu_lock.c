/*-------------------------------------------------------------------------
 *
 * lieu_lock.c
 *	  Of two sessions that spend one person's time in lieu, the second sees
 *	  what the first has left.
 *
 * The row of the person is written anew, unchanged: a lock alone would not
 * tell a transaction whose snapshot is older than it. Members take their own
 * time without a privilege to write there, so the trigger acts as the owner.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/owner.h"
#include "base/saved_query.h"
#include "base/trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(oncall_lieu_lock);

static SavedQuery lock_person = {
	.text =
	"UPDATE oncall.person AS p SET name = p.name"
	" WHERE p.person_id OPERATOR(pg_catalog.=) $1"
	" RETURNING p.person_id",
	.nargs = 1,
	.argtypes = {INT4OID}
};

Datum
oncall_lieu_lock(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	OwnerSwitch before;
	Relation	rel;
	Datum		person_id;
	bool		isnull;

	trigger_check(fcinfo, "lieu_lock", "lieu_entry");
	if (!TRIGGER_FIRED_AFTER(trigger->tg_event))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"lieu_lock\" must be fired AFTER a row is written")));
	rel = trigger->tg_relation;
	person_id = trigger_column(rel, trigger->tg_trigtuple, "person_id",
							   INT4OID, &isnull);
	if (!isnull)
	{
		owner_begin(&before, RelationGetRelid(rel));
		SPI_connect();
		(void) query_write(&lock_person, &person_id, NULL);
		SPI_finish();
		owner_end(&before);
	}
	return PointerGetDatum(NULL);
}
