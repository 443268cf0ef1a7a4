/*-------------------------------------------------------------------------
 *
 * season.h
 *	  Holidays that belong together: seasons and their blocks.
 *
 * Pure; its SQL function is in season_sql.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SEASON_H
#define ONCALL_SEASON_H

#include "calendar/week.h"

/* A holiday of a season. */
typedef struct SeasonDay
{
	Day			day;
	Day			observes;		/* the date that it stands for, or NO_DAY */
	int			season;			/* any number for each season */
	Day			block;			/* first date of its block; see below */
} SeasonDay;

/*
 * Find the block of each holiday: a run of consecutive dates of one season,
 * with the dates that observe them. Sorts the holidays by season and date.
 */
extern void season_blocks(SeasonDay *days, int ndays);

/* A holiday of a season on a date, among sorted ones; -1: there is none. */
extern int	season_day_find(const SeasonDay *days, int ndays, int season,
							Day day);

#endif							/* ONCALL_SEASON_H */
