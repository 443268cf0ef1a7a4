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

#endif							/* ONCALL_GUC_H */
