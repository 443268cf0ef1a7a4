/*-------------------------------------------------------------------------
 *
 * roster_cache.c
 *	  What a backend remembers of timelines, so that a look-up is a search.
 *
 * snapshot_memo.c tells how long a memory holds.
 *
 * Where row security filters one of the tables nothing is remembered: what a
 * policy lets through depends on more than snapshot and role.
 *
 * Time is cut into pages, which are compiled when first asked for. A page
 * keeps two seats: the pair that on_call() answers with, or one of the pairs
 * that further seats are remembered in, the third with the fourth and so on.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "roster/roster_cache.h"
#include "roster/covers_at.h"
#include "common/hashfn.h"
#include "base/compat.h"
#include "roster/roster_loader.h"
#include "roster/names.h"
#include "types/pair.h"
#include "base/snapshot_memo.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* Pairs of a stretch of time; the starts are followed by as many pairs. */
typedef struct Page
{
	uint64		used;			/* when it was last used; see clock */
	int			nsegments;
	TimestampTz starts[FLEXIBLE_ARRAY_MEMBER];
} Page;

#define PAGE_PAIRS(page) ((const int64 *) &(page)->starts[(page)->nsegments])

/* Look-ups that memory did not answer at once. */
static uint64 clock = 0;

static inline int64
page_pair(Page *page, TimestampTz at)
{
	page->used = clock;
	return PAGE_PAIRS(page)[timeline_find(page->starts, page->nsegments, at)];
}

/* A page lasts 2^bits microseconds: from a quarter of an hour to 13 months. */
#define MIN_PAGE_BITS 30
#define MAX_PAGE_BITS 45
/* and is meant to hold about as many segments */
#define PAGE_SEGMENTS 512

/* Are the covers of a rotation remembered? */
typedef enum CoversKnown
{
	COVERS_NOT_READ,
	COVERS_ALL,
	COVERS_TOO_MANY
} CoversKnown;

/* What is remembered of one rotation. */
typedef struct Entry
{
	int64		key;			/* see entry_key() */
	char		status;			/* for simplehash */
	int			block;			/* which two seats */
	uint64		made;			/* when it was remembered; see clock */
	uint64		used;			/* when it was last used */
	MemoryContext context;
	Rotation   *rotation;		/* without covers */
	CoversKnown covers_known;
	CoverSearch covers;			/* all, or with history all there ever were */
	int			page_bits;
	int64		first_page;		/* number of pages[0] */
	int			npages;
	Page	  **pages;			/* NULL: not yet compiled */
} Entry;

#define SH_PREFIX entries
#define SH_ELEMENT_TYPE Entry
#define SH_KEY_TYPE int64
#define SH_KEY key
#define SH_HASH_KEY(tb, key) murmurhash32((uint32) (key) ^ (uint32) ((key) >> 16))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/*
 * The sizes of an entry's context. Blocks are small, since there are thousands
 * of contexts; and pages have blocks of their own, so that to forget one makes
 * room for others.
 */
#define ENTRY_CONTEXT_SIZES \
	ALLOCSET_SMALL_MINSIZE, ALLOCSET_SMALL_INITSIZE, ALLOCSET_SMALL_INITSIZE
#define MIN_PAGE_SIZE (ALLOCSET_SMALL_INITSIZE / 4)

/* The most pages of one rotation that are kept at a time. */
#define MAX_PAGES 65536
/*
 * The most that is remembered, in bytes; beyond, what was not used for longest
 * is forgotten, until there is room for a while.
 */
#define MAX_MEMORY (60 * 1024 * 1024)
#define ENOUGH_ROOM (MAX_MEMORY / 16 * 15)

/* A name of a rotation that was asked for. */
typedef struct KnownName
{
	text	   *name;
	int32		rotation_id;	/* 0: there is none of this name */
	uint32		hash;
	char		status;			/* for simplehash */
} KnownName;

static inline uint64
hash_word(uint64 hash, const char *bytes)
{
	uint64		word;

	memcpy(&word, bytes, sizeof(word));
	hash = (hash ^ word) * UINT64CONST(0x9E3779B97F4A7C15);
	return hash ^ (hash >> 32);
}

/* Names are short: the server's hash_bytes() takes longer for them. */
static inline uint32
text_hash(const text *name)
{
	const char *bytes = VARDATA_ANY(name);
	int			length = VARSIZE_ANY_EXHDR(name);
	int			width = sizeof(uint64);
	uint64		hash = length;
	int			i;

	if (length < width)
		return hash_bytes((const unsigned char *) bytes, length);
	for (i = 0; i < length - width; i += width)
		hash = hash_word(hash, bytes + i);
	return murmurhash32((uint32) hash_word(hash, bytes + length - width));
}

static inline bool
text_equal(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

#define SH_PREFIX names
#define SH_ELEMENT_TYPE KnownName
#define SH_KEY_TYPE text *
#define SH_KEY name
#define SH_HASH_KEY(tb, key) text_hash(key)
#define SH_EQUAL(tb, a, b) text_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, a) (a)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/*
 * The most that is remembered of names, in bytes, besides; beyond, all of them
 * are forgotten. Longer names than these are looked up each time.
 */
#define MAX_NAMES_MEMORY (2 * 1024 * 1024)
#define MAX_NAME_LENGTH 1024

static MemoryContext memory = NULL; /* all of it; reset to forget */
static entries_hash *entries = NULL;
static MemoryContext names_memory = NULL;	/* a child of memory */
static names_hash *names = NULL;
static RotationSeats *all_rotations = NULL; /* NULL: not yet asked for */
static int	nall_rotations;
static SnapshotMemo memo;		/* what the memory holds for */
static Size rotations_used;		/* bytes in the entries' own contexts */
static bool was_full;			/* there is more to remember than room */
static uint64 generation;		/* how often something was forgotten */

void
cache_init(void)
{
	snapshot_memo_register(&memo, ROSTER_WRITTEN, true);
}

static Size
memory_used(void)
{
	return rotations_used + MemoryContextMemAllocated(memory, false);
}

/* Is more remembered than there is room for? */
static bool
is_full(void)
{
	return memory_used() > MAX_MEMORY;
}

/*
 * Rotations in the order in which they were asked for when memory was last
 * begun anew: who asks for one of them again is likely to ask for the next.
 */
#define MAX_EXPECTED 256
static int32 expected[MAX_EXPECTED];
static int	nexpected = 0;

static int
made_cmp(const void *a, const void *b)
{
	const Entry *x = *(Entry *const *) a;
	const Entry *y = *(Entry *const *) b;

	if (x->made != y->made)
		return x->made > y->made ? 1 : -1;
	return (x->key > y->key) - (x->key < y->key);
}

static void
expect_again(void)
{
	Entry	  **asked;
	Entry	   *entry;
	entries_iterator iterator;
	int			n = 0;
	int			i;

	if (entries == NULL || entries->members < 2)
		return;
	asked = palloc(entries->members * sizeof(Entry *));
	entries_start_iterate(entries, &iterator);
	while ((entry = entries_iterate(entries, &iterator)) != NULL)
	{
		/* those that most ask for: two seats, nothing of history */
		if (entry->key == (int64) (uint32) entry->key)
			asked[n++] = entry;
	}
	qsort(asked, n, sizeof(Entry *), made_cmp);
	nexpected = Min(n, MAX_EXPECTED);
	for (i = 0; i < nexpected; i++)
		expected[i] = (int32) asked[i]->key;
	pfree(asked);
}

static void
begin_names(void)
{
	names_memory = AllocSetContextCreate(memory, "oncall names",
										 ALLOCSET_DEFAULT_MINSIZE,
										 ALLOCSET_DEFAULT_INITSIZE,
										 MAX_NAMES_MEMORY / 32);
	names = names_create(names_memory, 64, NULL);
}

/* Forget everything, and begin to remember for this snapshot and role. */
static void
begin_memory(Snapshot snapshot, const Oid tables[NUM_ROSTER_TABLES])
{
	if (memory == NULL)
		memory = AllocSetContextCreate(CacheMemoryContext, "oncall timelines",
									   ALLOCSET_DEFAULT_SIZES);
	memo.stale = true;			/* should an error come from here on */
	expect_again();
	entries = NULL;
	names = NULL;
	names_memory = NULL;
	all_rotations = NULL;
	MemoryContextReset(memory);
	rotations_used = 0;
	was_full = false;
	generation++;
	entries = entries_create(memory, 64, NULL);
	begin_names();
	snapshot_memo_begin(&memo, snapshot, tables, NUM_ROSTER_TABLES, memory);
}

/* Two seats of a segment; see read_rotation() for how many there are. */
static int64
cell_pair(const Timeline *timeline, int block, int segment)
{
	const Cell *cells = &timeline->cells[segment * timeline->nseats + 2 * block];

	return pair_make(cells[0].person_id, cells[1].person_id);
}

/* Who is on call at one instant, without a page. */
static int64
pair_at_instant(Rotation *rotation, int block, TimestampTz at,
				TimestampTz known_at)
{
	Period		instant = {at, at + 1};
	Timeline   *timeline = timeline_compile(rotation, instant, known_at);

	return cell_pair(timeline, block, 0);
}

/* Look a rotation up in the tables, without covers. */
static Rotation *
read_rotation(int32 rotation_id, int block, bool history)
{
	Rotation   *rotation = palloc0(sizeof(Rotation));

	rotation->rotation_id = rotation_id;
	rotation->nseats = 2 * block + 2;
	load_layers(rotation, 1, history);
	if (rotation->nlayers == 0 && rotation_id > 0)
		roster_check_known(rotation_id);
	return rotation;
}

static inline int64
entry_key(int32 rotation_id, int block, bool history)
{
	return ((int64) (2 * block + (history ? 1 : 0)) << 32) | (uint32) rotation_id;
}

static int
page_bits(const Rotation *rotation)
{
	int64		length = timeline_grain(rotation) * PAGE_SEGMENTS;
	int			bits = MIN_PAGE_BITS;

	while (bits < MAX_PAGE_BITS && (INT64CONST(1) << bits) < length)
		bits++;
	return bits;
}

/* Put a rotation that was read in a context of its own among the entries. */
static Entry *
remember_rotation(int64 key, int block, Rotation *rotation,
				  MemoryContext context)
{
	bool		found;
	Entry	   *entry = entries_insert(entries, key, &found);

	if (found)
		MemoryContextDelete(entry->context);
	MemoryContextSetParent(context, memory);
	entry->block = block;
	entry->made = entry->used = clock;
	entry->context = context;
	entry->rotation = rotation;
	entry->covers_known = COVERS_NOT_READ;
	memset(&entry->covers, 0, sizeof(CoverSearch));
	entry->page_bits = page_bits(rotation);
	entry->first_page = 0;
	entry->npages = 0;
	entry->pages = NULL;
	rotations_used += MemoryContextMemAllocated(context, false);
	return entry;
}

/* Something that can be forgotten by itself. */
typedef struct Keepsake
{
	uint64		used;
	int64		key;			/* of the entry */
	int			page;			/* which of its pages, or WHOLE_ENTRY */
} Keepsake;

#define WHOLE_ENTRY (-1)

static int
keepsake_cmp(const void *a, const void *b)
{
	uint64		x = ((const Keepsake *) a)->used;
	uint64		y = ((const Keepsake *) b)->used;

	return (x > y) - (x < y);
}

/*
 * All pages, or all entries: of those that have pages only if it is not
 * enough to forget these.
 */
static Keepsake *
all_keepsakes(bool pages, int *n)
{
	int			room = 256;
	Keepsake   *kept = palloc(room * sizeof(Keepsake));
	entries_iterator iterator;
	Entry	   *entry;
	int			i;

	*n = 0;
	entries_start_iterate(entries, &iterator);
	while ((entry = entries_iterate(entries, &iterator)) != NULL)
	{
		CHECK_FOR_INTERRUPTS();
		if (room < *n + entry->npages + 1)
		{
			room = 2 * (*n + entry->npages + 1);
			kept = repalloc_huge(kept, room * sizeof(Keepsake));
		}
		for (i = 0; pages && i < entry->npages; i++)
		{
			if (entry->pages[i] != NULL)
				kept[(*n)++] = (Keepsake)
			{
				entry->pages[i]->used, entry->key, i
			};
		}
		if (!pages || entry->npages == 0)
			kept[(*n)++] = (Keepsake)
		{
			entry->used, entry->key, WHOLE_ENTRY
		};
	}
	return kept;
}

static void
forget(const Keepsake *what)
{
	/* to delete an entry moves others, so they are found by key */
	Entry	   *entry = entries_lookup(entries, what->key);
	Size		before = MemoryContextMemAllocated(entry->context, false);

	if (what->page == WHOLE_ENTRY)
	{
		MemoryContextDelete(entry->context);
		entries_delete(entries, what->key);
		rotations_used -= before;
	}
	else
	{
		pfree(entry->pages[what->page]);
		entry->pages[what->page] = NULL;
		rotations_used -= before - MemoryContextMemAllocated(entry->context,
															 false);
	}
}

/* Forget what was not used for longest until there is room. */
static void
make_room(void)
{
	Keepsake   *kept;
	int			pass;
	int			n;
	int			i;

	generation++;
	for (pass = 0; pass < 2 && memory_used() > ENOUGH_ROOM; pass++)
	{
		kept = all_keepsakes(pass == 0, &n);
		qsort(kept, n, sizeof(Keepsake), keepsake_cmp);
		for (i = 0; i < n && memory_used() > ENOUGH_ROOM; i++)
			forget(&kept[i]);
		pfree(kept);
	}
}

/* Make room for a page by its number; NULL if that would be too much. */
static Page **
page_slot(Entry *entry, int64 number)
{
	int64		first = number;
	int64		last = number;
	Page	  **pages;

	if (entry->npages > 0)
	{
		first = Min(first, entry->first_page);
		last = Max(last, entry->first_page + entry->npages - 1);
	}
	if (last - first + 1 == entry->npages)
		return &entry->pages[number - first];
	if (last - first >= MAX_PAGES)
		return NULL;
	/* room for some more in the direction of growth */
	if (number == first)
		first -= Min(entry->npages, 64);
	else
		last += Min(entry->npages, 64);
	pages = MemoryContextAllocZero(entry->context,
								   (last - first + 1) * sizeof(Page *));
	if (entry->npages > 0)
	{
		memcpy(pages + (entry->first_page - first), entry->pages,
			   entry->npages * sizeof(Page *));
		pfree(entry->pages);
	}
	entry->first_page = first;
	entry->npages = last - first + 1;
	entry->pages = pages;
	return &pages[number - first];
}

/* Keep of a timeline what a pair look-up needs. */
static Page *
make_page(const Timeline *timeline, int block, MemoryContext context)
{
	Page	   *page;
	Size		size;
	int64	   *pairs;
	int			nsegments = 0;
	int			i;

	for (i = 0; i < timeline->nsegments; i++)
	{
		if (i == 0 || cell_pair(timeline, block, i) !=
			cell_pair(timeline, block, i - 1))
			nsegments++;
	}
	size = offsetof(Page, starts) +
		(Size) nsegments * (sizeof(TimestampTz) + sizeof(int64));
	page = MemoryContextAlloc(context, Max(size, MIN_PAGE_SIZE));
	page->used = clock;
	page->nsegments = nsegments;
	pairs = (int64 *) &page->starts[nsegments];
	nsegments = 0;
	for (i = 0; i < timeline->nsegments; i++)
	{
		int64		pair = cell_pair(timeline, block, i);

		if (i > 0 && pair == pairs[nsegments - 1])
			continue;
		page->starts[nsegments] = timeline->starts[i];
		pairs[nsegments++] = pair;
	}
	return page;
}

/* The stretch of time that a page covers; at is within it. */
static Period
page_window(TimestampTz at, int bits)
{
	Period		window;

	int64		length = INT64CONST(1) << bits;
	int64		from = (at >> bits) * length;

	window.from = Max(from, MIN_TIMESTAMP);
	window.until = from < END_TIMESTAMP - length ? from + length :
		END_TIMESTAMP;
	return window;
}

/* Answer from the tables alone; nothing is remembered. */
static int64
pair_from_tables(int32 rotation_id, int block, TimestampTz at,
				 TimestampTz known_at)
{
	bool		history = known_at != KNOWN_NOW;
	Rotation   *rotation = read_rotation(rotation_id, block, history);
	Period		instant = {at, at + 1};

	load_covers(rotation, 1, instant, history);
	return pair_at_instant(rotation, block, at, known_at);
}

/*
 * Compile the page around at of a rotation whose covers have been read, and
 * remember it. NULL if that would be too much. All scratch goes to the current
 * context.
 */
static Page *
remember_page(Entry *entry, Rotation *rotation, TimestampTz at)
{
	Period		window = page_window(at, entry->page_bits);
	Timeline   *timeline = timeline_compile(rotation, window, KNOWN_NOW);
	Size		before = MemoryContextMemAllocated(entry->context, false);
	Page	  **slot;
	Page	   *page;

	if (timeline == NULL)
		return NULL;
	slot = page_slot(entry, at >> entry->page_bits);
	if (slot == NULL)
		return NULL;
	page = make_page(timeline, entry->block, entry->context);
	*slot = page;
	rotations_used += MemoryContextMemAllocated(entry->context, false) - before;
	return page;
}

/*
 * The entry of a rotation, a copy of which tables have been read for since;
 * NULL if it was forgotten in the meantime.
 */
static Entry *
entry_after_reading(const Rotation *rotation, int block, uint64 asked_in)
{
	Entry	   *entry;

	if (memo.stale || generation != asked_in)
		return NULL;
	entry = entries_lookup(entries,
						   entry_key(rotation->rotation_id, block, false));
	return entry == NULL || entry->rotation->layers != rotation->layers ?
		NULL : entry;
}

/* Answer by a new page, which is remembered. */
static int64
pair_by_new_page(Entry *entry, TimestampTz at)
{
	Period		window = page_window(at, entry->page_bits);
	Rotation	rotation = *entry->rotation;
	int			block = entry->block;
	uint64		asked_in = generation;
	Page	   *page;

	if (entry->covers_known == COVERS_ALL)
	{
		rotation.ncovers = entry->covers.ncovers;
		rotation.covers = entry->covers.covers;
	}
	else
	{
		/* reading may run other look-ups and forget it: work on a copy */
		load_covers(&rotation, 1, window, false);
		entry = entry_after_reading(&rotation, block, asked_in);
		if (entry == NULL)
			return pair_from_tables(rotation.rotation_id, block, at, KNOWN_NOW);
	}

	page = remember_page(entry, &rotation, at);
	return page != NULL ? page_pair(page, at) :
		pair_at_instant(&rotation, block, at, KNOWN_NOW);
}

/* Who is on call by a rotation and all its covers that matter. */
static int64
pair_by_covers(const Rotation *rotation, const CoverSearch *covers, int block,
			   TimestampTz at, TimestampTz known_at)
{
	Rotation	then = *rotation;

	then.ncovers = covers_at(covers, at, &then.covers);
	return pair_at_instant(&then, block, at, known_at);
}

/*
 * Remember all covers of a rotation, unless they are many. NULL if the entry
 * was forgotten in the meantime.
 */
static Entry *
remember_covers(Entry *entry)
{
	Rotation	rotation = *entry->rotation;
	int			block = entry->block;
	uint64		asked_in = generation;
	bool		few = load_covers_if_few(&rotation);
	Cover	   *copies;
	Size		before;
	MemoryContext caller;

	entry = entry_after_reading(&rotation, block, asked_in);
	if (entry == NULL)
		return NULL;
	if (few && rotation.ncovers > 0)
	{
		before = MemoryContextMemAllocated(entry->context, false);
		caller = MemoryContextSwitchTo(entry->context);
		copies = palloc(rotation.ncovers * sizeof(Cover));
		memcpy(copies, rotation.covers, rotation.ncovers * sizeof(Cover));
		covers_at_prepare(&entry->covers, copies, rotation.ncovers);
		MemoryContextSwitchTo(caller);
		rotations_used += MemoryContextMemAllocated(entry->context, false) -
			before;
	}
	entry->covers_known = few ? COVERS_ALL : COVERS_TOO_MANY;
	return entry;
}

/*
 * Answer with what is remembered of the rotation, when there is no room for a
 * page. Its covers take less, and save reading them again and again.
 */
static int64
pair_without_page(Entry *entry, TimestampTz at)
{
	Period		instant = {at, at + 1};
	Rotation	rotation = *entry->rotation;
	int			block = entry->block;
	uint64		asked_in = generation;

	if (entry->covers_known == COVERS_NOT_READ)
		entry = remember_covers(entry);
	if (entry != NULL && entry->covers_known == COVERS_ALL)
		return pair_by_covers(entry->rotation, &entry->covers, block, at,
							  KNOWN_NOW);

	/* reading may run other look-ups and forget what the copy points at */
	if (entry != NULL)
		load_covers(&rotation, 1, instant, false);
	if (entry == NULL || memo.stale || generation != asked_in)
		return pair_from_tables(rotation.rotation_id, block, at, KNOWN_NOW);
	return pair_at_instant(&rotation, block, at, KNOWN_NOW);
}

/*
 * Is there room for more, or is it worth while to make some? Where more is
 * asked for again and again than there is room for, most of what is forgotten
 * would be asked for before what is remembered in its place; so only one in
 * so many is, from when memory was full for the first time. Rotations without
 * their pages take little, and answer quickly: they are always remembered.
 */
#define REMEMBERED_WHEN_FULL 16

static bool
has_room(bool for_rotation)
{
	clock++;
	if (is_full())
		was_full = true;
	if (!was_full)
		return true;
	if (!for_rotation && clock % REMEMBERED_WHEN_FULL != 0)
		return false;
	if (is_full())
		make_room();
	return true;
}

static int
rotation_id_cmp(const void *a, const void *b)
{
	int32		x = ((const Rotation *) a)->rotation_id;
	int32		y = ((const Rotation *) b)->rotation_id;

	return (x > y) - (x < y);
}

/*
 * Rotations to be read together with this one, which comes first, in order of
 * their ids: as many again as this memory has, so that at most half of what is
 * read is read in vain. Fewer than two: none.
 */
static int
choose_together(int32 rotation_id, Rotation *rotations)
{
	int			most = Min(entries->members + 1, MAX_EXPECTED);
	int			n = 1;
	int			i;
	int			place = 0;

	while (place < nexpected && expected[place] != rotation_id)
		place++;
	if (place == nexpected)
		return 0;
	memset(rotations, 0, most * sizeof(Rotation));
	rotations[0].rotation_id = rotation_id;
	for (i = 1; i < nexpected && n < most; i++)
	{
		int32		other = expected[(place + i) % nexpected];

		if (entries_lookup(entries, entry_key(other, 0, false)) == NULL)
			rotations[n++].rotation_id = other;
	}
	for (i = 0; i < n; i++)
		rotations[i].nseats = 2;
	qsort(rotations, n, sizeof(Rotation), rotation_id_cmp);
	return n;
}

/*
 * Compile the pages around an instant of rotations that have just been
 * remembered, whose covers are read together.
 */
static void
remember_pages(Rotation *rotations, int nrotations, TimestampTz at)
{
	Period		window = {at, at + 1};
	uint64		asked_in = generation;
	int			i;

	for (i = 0; i < nrotations; i++)
	{
		Period		page = page_window(at, page_bits(&rotations[i]));

		window.from = Min(window.from, page.from);
		window.until = Max(window.until, page.until);
	}
	load_covers_together(rotations, nrotations, window);
	for (i = 0; i < nrotations; i++)
	{
		Entry	   *entry;

		/* reading may have met a change, or run other look-ups */
		if (memo.stale || generation != asked_in)
			return;
		entry = entries_lookup(entries, entry_key(rotations[i].rotation_id, 0,
												  false));
		if (entry != NULL && entry->rotation->layers == rotations[i].layers)
			remember_page(entry, &rotations[i], at);
	}
}

/*
 * Where several rotations are missed one after the other that had been asked
 * for before, read those that are likely to come next as well. Nothing is
 * answered: what has been remembered is looked up again.
 */
static bool
read_together(int32 rotation_id, TimestampTz at)
{
	Rotation   *rotations = palloc(MAX_EXPECTED * sizeof(Rotation));
	int			n = choose_together(rotation_id, rotations);
	MemoryContext *contexts = palloc(MAX_EXPECTED * sizeof(MemoryContext));
	uint64		asked_in = generation;
	int			i;

	if (n < 2)
		return false;
	for (i = 0; i < n; i++)
		contexts[i] = AllocSetContextCreate(CurrentMemoryContext,
											"oncall rotation",
											ENTRY_CONTEXT_SIZES);
	load_layers_together(rotations, n, contexts);
	if (memo.stale || generation != asked_in)
		return false;
	for (i = 0; i < n; i++)
	{
		Rotation   *copy = MemoryContextAlloc(contexts[i], sizeof(Rotation));

		*copy = rotations[i];
		(void) remember_rotation(entry_key(copy->rotation_id, 0, false), 0,
								 copy, contexts[i]);
	}
	remember_pages(rotations, n, at);
	return true;
}

/*
 * Read all covers that there ever were of a rotation, to be searched, in the
 * current context.
 */
static void
read_all_covers(const Rotation *rotation, CoverSearch *covers)
{
	Rotation	ever = *rotation;
	Period		always = {DT_NOBEGIN, DT_NOEND};

	load_covers(&ever, 1, always, true);
	covers_at_prepare(covers, ever.covers, ever.ncovers);
}

/*
 * The first look-up of a rotation answers for its instant alone, since there
 * may never be a second one: where others commit all the time, each statement
 * begins a memory of its own.
 */
static int64
pair_by_new_entry(Snapshot snapshot, const Oid tables[NUM_ROSTER_TABLES],
				  int32 rotation_id, int block, TimestampTz at,
				  TimestampTz known_at)
{
	bool		history = known_at != KNOWN_NOW;
	Period		instant = {at, at + 1};
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "oncall rotation",
												  ENTRY_CONTEXT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	Rotation   *rotation = read_rotation(rotation_id, block, history);
	Rotation	now = *rotation;
	CoverSearch covers = {0};
	int64		pair;

	if (history)
		read_all_covers(rotation, &covers);
	MemoryContextSwitchTo(caller);
	if (history)
		pair = pair_by_covers(rotation, &covers, block, at, known_at);
	else
	{
		load_covers(&now, 1, instant, false);
		pair = pair_at_instant(&now, block, at, known_at);
	}

	/* reading may have met a change, or run other look-ups */
	if (!memo.stale)
	{
		Entry	   *entry;

		if (!snapshot_memo_holds(&memo, snapshot))
			begin_memory(snapshot, tables);
		entry = remember_rotation(entry_key(rotation_id, block, history),
								  block, rotation, context);
		entry->covers = covers;
		entry->covers_known = history ? COVERS_ALL : COVERS_NOT_READ;
	}
	return pair;
}

/* The page that has the answer, or NULL. */
static inline Page *
page_in_memory(int32 rotation_id, int block, TimestampTz at)
{
	Entry	   *entry = entries_lookup(entries,
									   entry_key(rotation_id, block, false));
	int64		number;

	if (entry == NULL)
		return NULL;
	number = (at >> entry->page_bits) - entry->first_page;
	if (number < 0 || number >= entry->npages)
		return NULL;
	return entry->pages[number];
}

/* Answer from a page if there is one by now, or else from the tables. */
static int64
pair_read_just_now(Snapshot snapshot, int32 rotation_id, int block,
				   TimestampTz at, TimestampTz known_at)
{
	Page	   *page = NULL;

	if (known_at == KNOWN_NOW && snapshot_memo_holds(&memo, snapshot))
		page = page_in_memory(rotation_id, block, at);
	return page != NULL ? page_pair(page, at) :
		pair_from_tables(rotation_id, block, at, known_at);
}

/* A look-up that memory does not answer at once. */
static int64
pair_slowly(int32 rotation_id, int block, TimestampTz at, TimestampTz known_at)
{
	Snapshot	snapshot = GetActiveSnapshot();
	Oid			tables[NUM_ROSTER_TABLES];
	Entry	   *entry;
	bool		room;

	roster_tables(tables);
	if (snapshot->snapshot_type != SNAPSHOT_MVCC ||
		roster_has_row_security(tables))
		return pair_from_tables(rotation_id, block, at, known_at);

	if (!snapshot_memo_holds(&memo, snapshot))
	{
		/* the first look-up under a snapshot is often its only one */
		if (!snapshot_memo_is_unclear(&memo))
			begin_memory(snapshot, tables);
		return pair_from_tables(rotation_id, block, at, known_at);
	}
	entry = entries_lookup(entries,
						   entry_key(rotation_id, block,
									 known_at != KNOWN_NOW));
	room = has_room(entry == NULL && known_at == KNOWN_NOW);
	/* to make room may have moved or forgotten it */
	entry = entries_lookup(entries,
						   entry_key(rotation_id, block,
									 known_at != KNOWN_NOW));
	if (entry == NULL && (!room ||
						  (known_at == KNOWN_NOW && block == 0 &&
						   read_together(rotation_id, at))))
		return pair_read_just_now(snapshot, rotation_id, block, at, known_at);
	if (entry == NULL)
		return pair_by_new_entry(snapshot, tables, rotation_id, block, at,
								 known_at);
	entry->used = clock;
	if (known_at != KNOWN_NOW)
		return pair_by_covers(entry->rotation, &entry->covers, block, at,
							  known_at);
	return room ? pair_by_new_page(entry, at) : pair_without_page(entry, at);
}

int64
cached_pair(int32 rotation_id, int block, TimestampTz at,
			TimestampTz known_at)
{
	MemoryContext scratch;
	MemoryContext caller;
	int64		pair;

	/* what a plain SELECT would notice, a look-up notices */
	AcceptInvalidationMessages();

	if (known_at == KNOWN_NOW &&
		snapshot_memo_holds(&memo, GetActiveSnapshot()))
	{
		Page	   *page = page_in_memory(rotation_id, block, at);

		if (page != NULL)
			return page_pair(page, at);
	}

	scratch = AllocSetContextCreate(CurrentMemoryContext, "oncall scratch",
									ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(scratch);
	pair = pair_slowly(rotation_id, block, at, known_at);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
	return pair;
}

/* Remember which rotation, or none (0), has a name. */
static void
remember_name(text *name, int32 rotation_id)
{
	text	   *copy;
	bool		found;
	KnownName  *known;

	if (VARSIZE_ANY_EXHDR(name) > MAX_NAME_LENGTH)
		return;
	if (MemoryContextMemAllocated(names_memory, false) > MAX_NAMES_MEMORY)
	{
		memo.stale = true;		/* should an error come from here on */
		MemoryContextDelete(names_memory);
		begin_names();
		memo.stale = false;
	}
	copy = MemoryContextAlloc(names_memory, VARSIZE_ANY(name));
	memcpy(copy, name, VARSIZE_ANY(name));
	known = names_insert(names, copy, &found);
	if (found)
		pfree(copy);
	known->rotation_id = rotation_id;
}

/* What is remembered of a name, if that is an answer. */
static inline const KnownName *
name_in_memory(text *name, bool missing_ok)
{
	const KnownName *known = names_lookup(names, name);

	return known != NULL && (known->rotation_id != 0 || missing_ok) ?
		known : NULL;
}

int32
cached_rotation_id(text *name, bool missing_ok)
{
	int32		rotation_id;

	AcceptInvalidationMessages();
	if (snapshot_memo_holds(&memo, GetActiveSnapshot()))
	{
		const KnownName *known = name_in_memory(name, missing_ok);

		if (known != NULL)
			return known->rotation_id;
	}

	rotation_id = missing_ok ? names_id_if_any(NAME_OF_ROTATION, name) :
		names_id(NAME_OF_ROTATION, name);
	if (rotation_id == 0)
		roster_check_known(0);
	if (snapshot_memo_holds(&memo, GetActiveSnapshot()))
		remember_name(name, rotation_id);
	return rotation_id;
}

int64
cached_pair_by_name(text *name, bool missing_ok, int block, TimestampTz at,
					TimestampTz known_at)
{
	/* to find out once what both look-ups want to know */
	AcceptInvalidationMessages();
	if (known_at == KNOWN_NOW &&
		snapshot_memo_holds(&memo, GetActiveSnapshot()))
	{
		const KnownName *known = name_in_memory(name, missing_ok);
		Page	   *page = NULL;

		if (known != NULL)
			page = page_in_memory(known->rotation_id, block, at);
		if (page != NULL)
			return page_pair(page, at);
	}
	return cached_pair(cached_rotation_id(name, missing_ok), block, at,
					   known_at);
}

/* All rotations, which may be forgotten at the next look-up. */
static const RotationSeats *
rotations_in_memory(int *nrotations)
{
	RotationLabel *labels;
	RotationSeats *found;
	bool		remember;
	int			i;

	AcceptInvalidationMessages();
	if (snapshot_memo_holds(&memo, GetActiveSnapshot()) &&
		all_rotations != NULL)
	{
		*nrotations = nall_rotations;
		return all_rotations;
	}

	labels = load_labels(0, nrotations);
	remember = snapshot_memo_holds(&memo, GetActiveSnapshot()) && !is_full();
	found = MemoryContextAlloc(remember ? memory : CurrentMemoryContext,
							   (*nrotations + 1) * sizeof(RotationSeats));
	for (i = 0; i < *nrotations; i++)
	{
		found[i].rotation_id = labels[i].rotation_id;
		found[i].nseats = labels[i].nseats;
	}
	if (remember)
	{
		all_rotations = found;
		nall_rotations = *nrotations;
	}
	return found;
}

RotationSeats *
cached_rotations(int *nrotations)
{
	const RotationSeats *all = rotations_in_memory(nrotations);
	RotationSeats *copy = palloc((*nrotations + 1) * sizeof(RotationSeats));

	memcpy(copy, all, *nrotations * sizeof(RotationSeats));
	return copy;
}

static int
rotation_seats_cmp(const void *a, const void *b)
{
	int32		x = ((const RotationSeats *) a)->rotation_id;
	int32		y = ((const RotationSeats *) b)->rotation_id;

	return (x > y) - (x < y);
}

int
cached_nseats(int32 rotation_id)
{
	int			nrotations;
	const RotationSeats *all = rotations_in_memory(&nrotations);
	RotationSeats key = {rotation_id, 0};
	const RotationSeats *found = bsearch(&key, all, nrotations,
										 sizeof(RotationSeats),
										 rotation_seats_cmp);

	return found == NULL ? 0 : found->nseats;
}
