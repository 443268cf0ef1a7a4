/*-------------------------------------------------------------------------
 *
 * write_signal.h
 *	  Who writes tables tells those that remember what was in them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_WRITE_SIGNAL_H
#define ONCALL_WRITE_SIGNAL_H

/*
 * What signals are about. Each has a composite type of its own in
 * oncall_internal: a signal is a relcache invalidation of that type's
 * relation, which reaches every backend of the database.
 */
typedef enum WriteSignal
{
	ROSTER_WRITTEN,				/* what timelines are made of */
	PEOPLE_WRITTEN,				/* people and what they are paid by */
	NUM_WRITE_SIGNALS
} WriteSignal;

/* Once, at loading. */
extern void write_signal_init(void);

/* The OID of the signal's relation, or InvalidOid. */
extern Oid	write_signal_relation(WriteSignal signal);

/* Has this transaction given the signal, subtransactions that were undone included? */
extern bool write_signal_given(WriteSignal signal);

/* How many rows this backend has given the signal for, in all its life. */
extern uint64 write_signal_count(WriteSignal signal);

/*
 * Does whoever writes one of these tables give the signal for certain, and
 * have all who did not been heard of? Reads invalidation messages.
 */
extern bool write_signal_is_certain(WriteSignal signal, const Oid *tables,
									int ntables);

/*
 * Have all transactions that a snapshot, taken before this call, shows as
 * committed sent what they have to tell about these tables? Those that wrote
 * them, or that altered them or the signal's type. Reads invalidation
 * messages: what was told has then been heard.
 */
extern bool write_signal_all_heard(Oid signal_relation, const Oid *tables,
								   int ntables, bool in_recovery);

#endif							/* ONCALL_WRITE_SIGNAL_H */
