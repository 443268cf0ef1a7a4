/*-------------------------------------------------------------------------
 *
 * roster_loader.h
 *	  Read the rotation tables, as the caller, through SPI.
 *
 * Every query runs under the active snapshot, so that a look-up sees what a
 * plain SELECT over the tables would see in its place. All results are
 * palloc'd in the current memory context.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_ROSTER_LOADER_H
#define ONCALL_ROSTER_LOADER_H

#include "roster/timeline.h"

/* The tables that a timeline is read from. */
typedef enum RosterTable
{
	TABLE_ROTATION,
	TABLE_LAYER,
	TABLE_LAYER_MEMBER,
	TABLE_LAYER_LEAVE,
	TABLE_LAYER_RULE,
	TABLE_COVER,
	TABLE_HOLIDAY,
	NUM_ROSTER_TABLES
} RosterTable;

/* A person's name. */
typedef struct PersonName
{
	int32		person_id;
	text	   *name;
} PersonName;

/* What is to be shown of a rotation, besides who is on call. */
typedef struct RotationLabel
{
	int32		rotation_id;
	text	   *name;
	int			nseats;
	Datum	   *seats;			/* text, one for each seat */
} RotationLabel;

/* The tables' OIDs; an error that names setup() if there are none. */
extern void roster_tables(Oid oids[NUM_ROSTER_TABLES]);

/* Does row security filter one of these tables for the current user? */
extern bool roster_has_row_security(const Oid oids[NUM_ROSTER_TABLES]);

/*
 * An error if this rotation (0: any at all) does not exist, on a node that may
 * be behind another one on which it does. Elsewhere nothing.
 */
extern void roster_check_known(int32 rotation_id);

/*
 * Fill in the layers (and holidays, where hours ask for them) of rotations,
 * whose ids are set and ascend. With history: also those no longer believed.
 */
extern void load_layers(Rotation *rotations, int nrotations, bool history);

/* The same for the covers that overlap a window. */
extern void load_covers(Rotation *rotations, int nrotations, Period window,
						bool history);

/*
 * The same for all covers of a rotation. False if there are too many: then
 * some are missing.
 */
#define MAX_FEW_COVERS 64
extern bool load_covers_if_few(Rotation *rotation);

/*
 * Fill in the layers of some rotations, each in a context of its own, and the
 * covers, by one query for all of them. Nothing of their history.
 */
extern void load_layers_together(Rotation *rotations, int nrotations,
								 MemoryContext *contexts);
extern void load_covers_together(Rotation *rotations, int nrotations,
								 Period window);

/* All rotations, or one of them, in order of their id. */
extern RotationLabel *load_labels(int32 rotation_id, int *nlabels);

/*
 * The rotations in which somebody may have duty within a window, since a list or
 * a cover of theirs names them, with their layers and the covers in that window;
 * 0: all rotations. With history: also what is no longer believed. Labels are
 * of the same rotations.
 */
extern Rotation *load_rotations_of(int32 person_id, Period window,
								   bool history, RotationLabel **labels,
								   int *nrotations);

/* Names of the people with these ids, in any order. */
extern PersonName *load_people(const int32 *ids, int nids, int *nnames);

#endif							/* ONCALL_ROSTER_LOADER_H */
