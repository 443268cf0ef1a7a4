/*-------------------------------------------------------------------------
 *
 * guc.h
 *	  The settings of oncall.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_GUC_H
#define ONCALL_GUC_H

extern void guc_init(void);

/* The setting oncall.past_reason; NULL if it is blank. */
extern const char *guc_past_reason(void);

#endif							/* ONCALL_GUC_H */
