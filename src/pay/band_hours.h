/*-------------------------------------------------------------------------
 *
 * band_hours.h
 *	  How many hours of a period fall into each band of a pay policy.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_BAND_HOURS_H
#define ONCALL_BAND_HOURS_H

/* Once, at loading. */
extern void band_hours_init(void);

#endif							/* ONCALL_BAND_HOURS_H */
