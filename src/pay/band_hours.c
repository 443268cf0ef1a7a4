/*-------------------------------------------------------------------------
 *
 * band_hours.c
 *	  How many hours of a period fall into each band of a pay policy.
 *
 * What has been read and worked out is remembered, as snapshot_memo.c allows; where
 * row security filters one of the tables, nothing is.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "pay/band_hours.h"

#include "base/compat.h"
#include "base/snapshot_memo.h"
#include "base/tstzrange.h"
#include "common/hashfn.h"
#include "pay/pay_loader.h"
#include "roster/names.h"
#include "types/hours.h"
#include "types/ref.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/multirangetypes.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(oncall_band_hours);
PG_FUNCTION_INFO_V1(oncall_band_hours_multirange);

/* Whose time is split how. */
typedef struct SplitKey
{
	int32		pay_policy_id;
	int32		person_id;
	int32		rotation_id;	/* 0: none */
	int32		seat;			/* 0: none */
} SplitKey;

/* A name, and the bands that have it. */
typedef struct NamedBands
{
	const char *name;
	int			len;
	int			first;			/* in Split.by_name */
	int			end;
} NamedBands;

/* How a person's time is split, ready for use. */
typedef struct Split
{
	const Bands *bands;
	int			nnames;
	NamedBands *names;			/* in the order that hours have */
	const int  *by_name;		/* bands, those of one name together */
} Split;

typedef struct SplitEntry
{
	SplitKey	key;
	char		status;			/* for simplehash */
	const Split *split;
} SplitEntry;

static inline uint32
split_key_hash(SplitKey key)
{
	uint32		hash = murmurhash32((uint32) key.person_id);

	hash = hash_combine(hash, murmurhash32((uint32) key.pay_policy_id));
	hash = hash_combine(hash, murmurhash32((uint32) key.rotation_id));
	return hash_combine(hash, (uint32) key.seat);
}

static inline bool
split_key_equal(SplitKey a, SplitKey b)
{
	return a.person_id == b.person_id && a.pay_policy_id == b.pay_policy_id &&
		a.rotation_id == b.rotation_id && a.seat == b.seat;
}

#define SH_PREFIX splits
#define SH_ELEMENT_TYPE SplitEntry
#define SH_KEY_TYPE SplitKey
#define SH_KEY key
#define SH_HASH_KEY(tb, key) split_key_hash(key)
#define SH_EQUAL(tb, a, b) split_key_equal(a, b)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* People and policies that have been read. */
typedef struct ReadEntry
{
	int32		id;
	char		status;			/* for simplehash */
	void	   *what;
} ReadEntry;

#define SH_PREFIX reads
#define SH_ELEMENT_TYPE ReadEntry
#define SH_KEY_TYPE int32
#define SH_KEY id
#define SH_HASH_KEY(tb, key) murmurhash32((uint32) (key))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* The most that is remembered, in bytes; beyond, all is forgotten. */
#define MAX_MEMORY (16 * 1024 * 1024)

static SnapshotMemo memo;		/* what the memory holds for */
static MemoryContext memory = NULL; /* all of it; reset to forget */
static splits_hash *splits;
static reads_hash *policies;
static reads_hash *people;
static PayCalendars calendars;
static bool reading = false;	/* for the memory, just now */

void
band_hours_init(void)
{
	snapshot_memo_register(&memo, PEOPLE_WRITTEN, false);
}

/* Forget everything, and begin to remember for this snapshot and role. */
static void
begin_memory(Snapshot snapshot, const Oid tables[NUM_PAY_TABLES])
{
	if (memory == NULL)
		memory = AllocSetContextCreate(CacheMemoryContext, "oncall pay",
									   ALLOCSET_DEFAULT_SIZES);
	memo.stale = true;			/* should an error come from here on */
	MemoryContextReset(memory);
	splits = splits_create(memory, 64, NULL);
	policies = reads_create(memory, 8, NULL);
	people = reads_create(memory, 64, NULL);
	memset(&calendars, 0, sizeof(calendars));
	calendars.context = memory;
	snapshot_memo_begin(&memo, snapshot, tables, NUM_PAY_TABLES, memory);
}

static int
band_name_cmp(const void *a, const void *b, void *bands)
{
	const char *x = ((const PayBand *) bands)[*(const int *) a].name;
	const char *y = ((const PayBand *) bands)[*(const int *) b].name;

	return hours_compare_names(x, strlen(x), y, strlen(y));
}

/* Get ready to add up the bands of one name. */
static Split *
make_split(const PayPolicy *policy, const Bands *bands)
{
	Split	   *split = palloc(sizeof(Split));
	int			n = policy->nbands + 1;
	int		   *by_name = palloc(n * sizeof(int));
	int			i;

	for (i = 0; i < n; i++)
		by_name[i] = i;
	qsort_arg(by_name, n, sizeof(int), band_name_cmp, policy->bands);

	split->bands = bands;
	split->by_name = by_name;
	split->nnames = 0;
	split->names = palloc(n * sizeof(NamedBands));
	for (i = 0; i < n; i++)
	{
		const char *name = policy->bands[by_name[i]].name;
		NamedBands *last = &split->names[split->nnames - 1];

		if (split->nnames == 0 || strcmp(last->name, name) != 0)
		{
			last = &split->names[split->nnames++];
			last->name = name;
			last->len = strlen(name);
			last->first = i;
		}
		last->end = i + 1;
	}
	return split;
}

/* Read and work out all of it, in the current context. */
static const Split *
read_split(SplitKey key)
{
	const PayPolicy *policy = pay_terms_policy(key.pay_policy_id);
	const Payee *payee = pay_loader_payee(key.person_id);
	PayCalendars read = {0};

	read.context = CurrentMemoryContext;
	return make_split(policy,
					  pay_loader_bands(policy, payee, key.rotation_id,
									   key.seat, &read));
}

static const PayPolicy *
remembered_policy(int32 pay_policy_id)
{
	ReadEntry  *entry = reads_lookup(policies, pay_policy_id);
	PayPolicy  *policy;
	bool		found;

	if (entry != NULL)
		return entry->what;
	policy = pay_terms_policy(pay_policy_id);
	entry = reads_insert(policies, pay_policy_id, &found);
	entry->what = policy;
	return policy;
}

static const Payee *
remembered_payee(int32 person_id)
{
	ReadEntry  *entry = reads_lookup(people, person_id);
	Payee	   *payee;
	bool		found;

	if (entry != NULL)
		return entry->what;
	payee = pay_loader_payee(person_id);
	entry = reads_insert(people, person_id, &found);
	entry->what = payee;
	return payee;
}

/* Work out what is not yet remembered, and remember it. */
static const Split *
remember_split(SplitKey key)
{
	const PayPolicy *policy = remembered_policy(key.pay_policy_id);
	SplitKey	plain = key;
	SplitEntry *entry;
	const Split *split;
	bool		found;

	/* where all bands are for all, rotation and seat make no difference */
	if (!policy->narrowed)
		plain.rotation_id = plain.seat = 0;
	entry = splits_lookup(splits, plain);
	if (entry != NULL)
		split = entry->split;
	else
	{
		split = make_split(policy,
						   pay_loader_bands(policy,
											remembered_payee(key.person_id),
											plain.rotation_id, plain.seat,
											&calendars));
		entry = splits_insert(splits, plain, &found);
		entry->split = split;
	}
	entry = splits_insert(splits, key, &found);
	entry->split = split;
	return split;
}

/* The same in the memory's context, while nobody else may touch it. */
static const Split *
remember_split_alone(const SplitKey *key)
{
	MemoryContext caller = MemoryContextSwitchTo(memory);
	const Split *volatile split = NULL;

	reading = true;
	PG_TRY();
	{
		split = remember_split(*key);
	}
	PG_FINALLY();
	{
		reading = false;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	return split;
}

/* A split that memory does not have at once. */
static const Split *
find_split_slowly(const SplitKey *key)
{
	Snapshot	snapshot = GetActiveSnapshot();
	Oid			tables[NUM_PAY_TABLES];

	/* the others are looked for when they are read */
	if (key->rotation_id != 0)
		names_check_id(NAME_OF_ROTATION, key->rotation_id);

	/* what is being read may be anything, also a table that asks us */
	if (reading)
		return read_split(*key);
	pay_loader_tables(tables);
	if (snapshot->snapshot_type != SNAPSHOT_MVCC ||
		pay_loader_has_row_security(tables))
		return read_split(*key);

	if (!snapshot_memo_holds(&memo, snapshot) ||
		MemoryContextMemAllocated(memory, false) > MAX_MEMORY)
		begin_memory(snapshot, tables);
	return remember_split_alone(key);
}

/* How to split a person's time. It stays until the next call. */
static const Split *
find_split(SplitKey key)
{
	/* what a plain SELECT would notice, a look-up notices */
	AcceptInvalidationMessages();

	if (snapshot_memo_holds(&memo, GetActiveSnapshot()))
	{
		SplitEntry *entry = splits_lookup(splits, key);

		if (entry != NULL)
			return entry->split;
	}
	return find_split_slowly(&key);
}

/* An id is taken as it is: whether it exists shows when its rows are read. */
static int32
id_argument(FunctionCallInfo fcinfo, int n, NameKind kind)
{
	text	   *ref = PG_GETARG_REF_PP(n);
	int32		id = ref_id(ref);

	return id != 0 ? id : names_id(kind, ref);
}

/* The arguments after the first; false: one that must not be NULL is. */
static bool
split_arguments(FunctionCallInfo fcinfo, SplitKey *key)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return false;
	key->pay_policy_id = id_argument(fcinfo, 1, NAME_OF_PAY_POLICY);
	key->person_id = id_argument(fcinfo, 2, NAME_OF_PERSON);
	key->rotation_id = PG_ARGISNULL(3) ? 0 :
		id_argument(fcinfo, 3, NAME_OF_ROTATION);
	key->seat = PG_ARGISNULL(4) ? 0 : PG_GETARG_INT32(4);
	return true;
}

/* A period that ends and has a beginning. */
static void
check_bounded(Period period)
{
	if (TIMESTAMP_NOT_FINITE(period.from) || TIMESTAMP_NOT_FINITE(period.until))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the period must be bounded on both sides"),
				 errdetail("What goes on without end has no number of hours."),
				 errhint("Write a range with a start and an end; let what still goes on end now, for instance with period * tstzrange(NULL, now()).")));
}

/* The sums of bands as hours. */
static Hours *
hours_of_totals(const Split *split, const int64 *totals)
{
	HoursBand	bands[MAX_BANDS + 1];
	int			nbands = 0;
	int			i;
	int			b;

	for (i = 0; i < split->nnames; i++)
	{
		const NamedBands *name = &split->names[i];
		int64		usecs = 0;

		for (b = name->first; b < name->end; b++)
			usecs += totals[split->by_name[b]];
		if (usecs == 0)
			continue;
		bands[nbands].name = name->name;
		bands[nbands].len = name->len;
		bands[nbands].usecs = usecs;
		nbands++;
	}
	return hours_make(bands, nbands);
}

Datum
oncall_band_hours(PG_FUNCTION_ARGS)
{
	int64		totals[MAX_BANDS + 1];
	SplitKey	key;
	Period		period;
	const Split *split;

	if (!split_arguments(fcinfo, &key))
		PG_RETURN_NULL();
	tstzrange_refuse_closed(PG_GETARG_RANGE_P(0));
	if (!tstzrange_to_period(PG_GETARG_RANGE_P(0), &period))
		period.from = period.until = 0;
	check_bounded(period);

	split = find_split(key);
	memset(totals, 0, (split->bands->nbands + 1) * sizeof(int64));
	bands_add(split->bands, period.from, period.until, totals);
	PG_RETURN_POINTER(hours_of_totals(split, totals));
}

Datum
oncall_band_hours_multirange(PG_FUNCTION_ARGS)
{
	int64		totals[MAX_BANDS + 1];
	SplitKey	key;
	RangeType **ranges;
	int32		nranges;
	const Split *split;
	int32		i;

	if (!split_arguments(fcinfo, &key))
		PG_RETURN_NULL();
	multirange_deserialize(tstzrange_typcache(), PG_GETARG_MULTIRANGE_P(0),
						   &nranges, &ranges);

	/* the ranges have been read before the split, which stays till then */
	split = find_split(key);
	memset(totals, 0, (split->bands->nbands + 1) * sizeof(int64));
	for (i = 0; i < nranges; i++)
	{
		Period		period;

		CHECK_FOR_INTERRUPTS();
		tstzrange_refuse_closed(ranges[i]);
		if (!tstzrange_to_period(ranges[i], &period))
			continue;
		check_bounded(period);
		bands_add(split->bands, period.from, period.until, totals);
	}
	PG_RETURN_POINTER(hours_of_totals(split, totals));
}
