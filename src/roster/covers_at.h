/*-------------------------------------------------------------------------
 *
 * covers_at.h
 *	  Those of many covers that last at an instant.
 *
 * Pure. A rotation may have had thousands of covers in its history, few of
 * which lie near any one instant.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_COVERS_AT_H
#define ONCALL_COVERS_AT_H

#include "roster/timeline.h"

/* Covers, to be searched by time. */
typedef struct CoverSearch
{
	int			ncovers;
	Cover	   *covers;			/* in order of their start */
	TimestampTz *latest;		/* see covers_at.c */
} CoverSearch;

/*
 * Get ready to search covers, which are put in order. Allocates in the current
 * context.
 */
extern void covers_at_prepare(CoverSearch *search, Cover *covers, int ncovers);

/* How many last at an instant; copies of them, palloc'd, in *covers. */
extern int	covers_at(const CoverSearch *search, TimestampTz at,
					  Cover **covers);

#endif							/* ONCALL_COVERS_AT_H */
