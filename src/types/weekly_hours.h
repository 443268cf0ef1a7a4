/*-------------------------------------------------------------------------
 *
 * weekly_hours.h
 *	  The type oncall.weekly_hours, as others see it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_WEEKLY_HOURS_H
#define ONCALL_WEEKLY_HOURS_H

#include "base/compat.h"
#include "calendar/week.h"

/*
 * Get ready to evaluate a (detoasted or packed) datum of type weekly_hours.
 * The week and its spans are palloc'd in the current context and do not point
 * into the datum.
 */
extern Week *weekly_hours_week(Datum hours);

#endif							/* ONCALL_WEEKLY_HOURS_H */
