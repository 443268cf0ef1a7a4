/*-------------------------------------------------------------------------
 *
 * lookup.c
 *	  All shifts of a window.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "funcapi.h"
#include "roster/names.h"
#include "roster/roster_loader.h"
#include "types/ref.h"
#include "base/tstzrange.h"
#include "roster/shift_rows.h"
#include "roster/shifts.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(oncall_roster);

/* What compiling and writing a rotation's shifts usually takes, in bytes. */
#define ROW_CONTEXT_SIZE (256 * 1024)

/* People by id: each row names one. */
typedef struct NamedPerson
{
	int32		person_id;
	char		status;			/* for simplehash */
	text	   *name;
} NamedPerson;

#define SH_PREFIX people
#define SH_ELEMENT_TYPE NamedPerson
#define SH_KEY_TYPE int32
#define SH_KEY person_id
#define SH_HASH_KEY(tb, key) murmurhash32((uint32) (key))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* A roster being written. */
typedef struct Roster
{
	ShiftRows	rows;
	TimestampTz known_at;
	Period		window;
	people_hash *people;
	const RotationLabel *label; /* of the rotation at hand */
} Roster;

static text *
person_name(const Roster *roster, int32 person_id)
{
	NamedPerson *person = people_lookup(roster->people, person_id);

	return person == NULL ? NULL : person->name;
}

/* A shift becomes a row; see ShiftSink. */
static void
put_shift(void *arg, int seat, const Cell *cell, Period period)
{
	const Roster *roster = arg;

	shift_rows_put(&roster->rows, roster->label, seat, cell,
				   person_name(roster, cell->person_id), period);
}

/* Somebody may appear; the name is looked up later. */
static void
expect_person(Roster *roster, int32 person_id)
{
	bool		found;
	NamedPerson *person;

	if (person_id == 0)
		return;
	person = people_insert(roster->people, person_id, &found);
	if (!found)
		person->name = NULL;
}

/* Look up the names of everybody who may appear. */
static void
name_people(Roster *roster, const Rotation *rotations, int nrotations)
{
	people_iterator iterator;
	NamedPerson *person;
	PersonName *names;
	int32	   *ids;
	int			nids = 0;
	int			nnames;
	int			r;
	int			i;
	int			m;

	roster->people = people_create(CurrentMemoryContext, 64, NULL);
	for (r = 0; r < nrotations; r++)
	{
		for (i = 0; i < rotations[r].nlayers; i++)
		{
			const Layer *layer = &rotations[r].layers[i];

			for (m = 0; m < layer->nmembers; m++)
				expect_person(roster, layer->members[m].person_id);
		}
		for (i = 0; i < rotations[r].ncovers; i++)
			expect_person(roster, rotations[r].covers[i].person_id);
	}

	ids = palloc((roster->people->members + 1) * sizeof(int32));
	people_start_iterate(roster->people, &iterator);
	while ((person = people_iterate(roster->people, &iterator)) != NULL)
		ids[nids++] = person->person_id;
	names = load_people(ids, nids, &nnames);
	for (i = 0; i < nnames; i++)
		people_lookup(roster->people, names[i].person_id)->name =
			names[i].name;
	pfree(ids);
	pfree(names);
}

Datum
oncall_roster(PG_FUNCTION_ARGS)
{
	Roster		roster;
	int32		rotation_id = 0;
	Oid			tables[NUM_ROSTER_TABLES];
	MemoryContext scratch;
	RotationLabel *labels;
	Rotation   *rotations;
	int			nlabels;
	int			i;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the window must not be null"),
				 errhint("Write a range such as tstzrange(now(), now() + '90 days').")));
	roster.window = tstzrange_window(PG_GETARG_RANGE_P(0));
	roster.known_at = PG_ARGISNULL(2) ? KNOWN_NOW :
		finite_instant(PG_GETARG_TIMESTAMPTZ(2));
	roster_tables(tables);
	if (!PG_ARGISNULL(1))
		rotation_id = names_id(NAME_OF_ROTATION, PG_GETARG_REF_PP(1));

	shift_rows_begin(&roster.rows, fcinfo);
	/* the first block stays at each reset: let it hold a usual rotation's */
	scratch = AllocSetContextCreate(CurrentMemoryContext, "oncall roster",
									ALLOCSET_DEFAULT_MINSIZE,
									ROW_CONTEXT_SIZE,
									ALLOCSET_DEFAULT_MAXSIZE);

	labels = load_labels(rotation_id, &nlabels);
	if (nlabels == 0)
		PG_RETURN_VOID();
	rotations = palloc0(nlabels * sizeof(Rotation));
	for (i = 0; i < nlabels; i++)
	{
		rotations[i].rotation_id = labels[i].rotation_id;
		rotations[i].nseats = labels[i].nseats;
	}
	load_layers(rotations, nlabels, roster.known_at != KNOWN_NOW);
	load_covers(rotations, nlabels, roster.window,
				roster.known_at != KNOWN_NOW);
	name_people(&roster, rotations, nlabels);

	for (i = 0; i < nlabels; i++)
	{
		roster.label = &labels[i];
		shifts_walk(&rotations[i], roster.window, roster.known_at, scratch,
					put_shift, &roster);
	}
	MemoryContextDelete(scratch);
	PG_RETURN_VOID();
}
