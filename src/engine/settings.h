/*-------------------------------------------------------------------------
 *
 * settings.h
 *	  The settings of oncall.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SETTINGS_H
#define ONCALL_SETTINGS_H

extern void settings_init(void);

#endif							/* ONCALL_SETTINGS_H */
