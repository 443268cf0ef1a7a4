/*-------------------------------------------------------------------------
 *
 * sort.h
 *	  Sort what may be long, so that it can be interrupted.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_SORT_H
#define ONCALL_SORT_H

typedef int (*SortCmp) (const void *a, const void *b);

/* qsort() that checks for interrupts. */
extern void sort_interruptibly(void *base, size_t n, size_t size, SortCmp cmp);

#endif							/* ONCALL_SORT_H */
