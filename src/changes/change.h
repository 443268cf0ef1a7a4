/*-------------------------------------------------------------------------
 *
 * change.h
 *	  Changes: who did what to a rota, and the moment at which it counts.
 *
 * All that one call of a function, or one plain statement, writes to the
 * tables that keep history begins at one moment by the clock. A call also has
 * a row in oncall.change of its own; all plain statements of a transaction
 * share one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_CHANGE_H
#define ONCALL_CHANGE_H

#include "utils/rel.h"
#include "datatype/timestamp.h"

/*
 * The moment of the call or statement under way: taken when it is first asked
 * for, which is when the first row has been locked.
 */
extern TimestampTz change_moment(void);

/* Let beliefs of this transaction begin at another time, too. */
extern void change_note_moment(TimestampTz at);

/*
 * Is this a moment that the current transaction, or a part of it that still
 * holds, gave out?
 */
extern bool change_is_moment(TimestampTz at);

/*
 * What this transaction has recorded so far has been looked at for good: it is
 * kept as what others wrote, and further plain statements are a change of
 * their own. It is judged as before.
 */
extern void change_seal(void);

/* Is this a moment of this transaction that has not been looked at so? */
extern bool change_is_open_moment(TimestampTz at);

/* Is a call of one of our functions under way? */
extern bool change_in_call(void);

/*
 * The id of the change under way. That of plain statements is written when it
 * is first asked for, as the owner of a table of ours; rotation_id, unless 0,
 * is whose rota is written.
 */
extern int32 change_current(Oid relid, int32 rotation_id);

/* Has the current transaction written this change? */
extern bool change_is_ours(int32 change_id);

/* All that it has written, in the current context. */
extern int32 *change_own_ids(int *nids);

/* Is the current user the owner of a table, or as good as that? */
extern bool change_by_owner(Relation rel);

extern void change_init(void);

#endif							/* ONCALL_CHANGE_H */
