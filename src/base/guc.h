/*-------------------------------------------------------------------------
 *
 * guc.h
 *	  The settings of oncall.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_GUC_H
#define ONCALL_GUC_H

#include "datatype/timestamp.h"

extern void guc_init(void);

/* The instant that lies oncall.horizon ahead of another. */
extern TimestampTz guc_horizon_after(TimestampTz at);

/* The setting oncall.past_reason; NULL if it is blank. */
extern const char *guc_past_reason(void);

/* oncall.notify: are gateways to be notified? */
extern bool guc_notify(void);

#endif							/* ONCALL_GUC_H */
