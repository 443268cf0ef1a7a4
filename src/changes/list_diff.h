/*-------------------------------------------------------------------------
 *
 * list_diff.h
 *	  How one list of people becomes another with as few changes as possible.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_LIST_DIFF_H
#define ONCALL_LIST_DIFF_H

/*
 * For each place of the new list, the place of the old list whose entry stays
 * there, or -1 if it is written anew; entries of the old list that are not
 * named leave. Those that stay stand in both lists in one order: as many as
 * can. As circles, the order may begin elsewhere. Palloc'd.
 */
extern int *list_diff(const int32 * old, int nold, const int32 * new, int nnew,
					  bool circular);

#endif							/* ONCALL_LIST_DIFF_H */
