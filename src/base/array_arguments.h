/*-------------------------------------------------------------------------
 *
 * array_arguments.h
 *	  Arrays that are arguments of functions: their elements, checked.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_ARRAY_ARGUMENTS_H
#define ONCALL_ARRAY_ARGUMENTS_H

#include "base/core.h"

#include "utils/array.h"

/* The most seats of a rotation, wherever somebody gives a number of them. */
#define MAX_SEATS 1000

/*
 * The elements of the argument "what", of one of the types that PostgreSQL
 * has built in. Where nulls is NULL, no element may be.
 */
extern Datum *array_argument(ArrayType *array, const char *what, Oid type,
							 bool **nulls, int *nelems);

/* An error, with this hint, unless "what" has as many elements as it must. */
extern void array_argument_length(const char *what, int expected, int nelems,
								  const char *hint);

/* The elements of an array of integers. */
extern int32 *array_argument_ints(ArrayType *array, const char *what,
								  int *nelems);

/* Ids, which are greater than 0; NULL, for nobody, becomes 0. */
extern int32 *array_argument_ids(ArrayType *array, const char *what,
								 int *nelems);

/* The elements of an array of booleans; NULL is false. */
extern bool *array_argument_bools(ArrayType *array, const char *what,
								  int *nelems);

#endif							/* ONCALL_ARRAY_ARGUMENTS_H */
