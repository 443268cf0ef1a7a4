/*-------------------------------------------------------------------------
 *
 * reach.h
 *	  How far on, or back, a rotation stays as it is at an instant.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_REACH_H
#define ONCALL_REACH_H

#include "roster/timeline.h"

/* What is looked for in the cells of a segment, one for each seat. */
typedef bool (*CellsTest) (void *arg, const Cell *cells);

/*
 * The first segment, from at on, whose cells pass a test, as believed now;
 * segments are tested one after the other until one does. The one at at begins
 * with at, whenever it really began. DT_NOEND if there is none before until, or
 * if nothing that is written about the rotation reaches so far, and a hundred
 * years after that have none.
 *
 * The rotation has its layers; covers are read.
 */
extern TimestampTz reach_forward(const Rotation *rotation, TimestampTz at,
								 TimestampTz until, CellsTest test, void *arg);

/* The same of a rotation whose covers from at on, or from before, have been read. */
extern TimestampTz reach_forward_read(Rotation *rotation, TimestampTz at,
									  TimestampTz until, CellsTest test,
									  void *arg);

/*
 * The end of the last segment before at whose cells pass a test: at itself if
 * the one that ends there does, DT_NOBEGIN if none does.
 */
extern TimestampTz reach_back(const Rotation *rotation, TimestampTz at,
							  CellsTest test, void *arg);

#endif							/* ONCALL_REACH_H */
