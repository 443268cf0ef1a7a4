/*-------------------------------------------------------------------------
 *
 * guc.h
 *	  The settings of oncall.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_GUC_H
#define ONCALL_GUC_H

extern void settings_init(void);

#endif							/* ONCALL_GUC_H */
