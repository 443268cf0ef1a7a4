/*-------------------------------------------------------------------------
 *
 * array_arguments.c
 *	  Arrays that are arguments of functions: their elements, checked.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "base/array_arguments.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

Datum *
array_argument(ArrayType *array, const char *what, Oid type, bool **nulls,
			   int *nelems)
{
	Datum	   *elements;
	int16		typlen;
	bool		typbyval;
	char		typalign;

	if (nulls == NULL && array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("\"%s\" must not contain NULL", what)));
	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	deconstruct_array(array, type, typlen, typbyval, typalign, &elements,
					  nulls, nelems);
	return elements;
}

void
array_argument_length(const char *what, int expected, int nelems,
					  const char *hint)
{
	if (nelems != expected)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" must have %d elements, not %d",
						what, expected, nelems),
				 errhint("%s", hint)));
}

int32 *
array_argument_ints(ArrayType *array, const char *what, int *nelems)
{
	Datum	   *elements = array_argument(array, what, INT4OID, NULL, nelems);
	int32	   *ints = palloc((*nelems + 1) * sizeof(int32));
	int			i;

	for (i = 0; i < *nelems; i++)
		ints[i] = DatumGetInt32(elements[i]);
	return ints;
}

int32 *
array_argument_ids(ArrayType *array, const char *what, int *nelems)
{
	bool	   *nulls;
	Datum	   *elements = array_argument(array, what, INT4OID, &nulls,
										  nelems);
	int32	   *ids = palloc((*nelems + 1) * sizeof(int32));
	int			i;

	for (i = 0; i < *nelems; i++)
	{
		ids[i] = nulls[i] ? 0 : DatumGetInt32(elements[i]);
		if (!nulls[i] && ids[i] <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"%s\" must contain ids greater than 0, not %d",
							what, ids[i]),
					 errhint("Write NULL for nobody.")));
	}
	return ids;
}

bool *
array_argument_bools(ArrayType *array, const char *what, int *nelems)
{
	bool	   *nulls;
	Datum	   *elements = array_argument(array, what, BOOLOID, &nulls,
										  nelems);
	bool	   *bools = palloc((*nelems + 1) * sizeof(bool));
	int			i;

	for (i = 0; i < *nelems; i++)
		bools[i] = !nulls[i] && DatumGetBool(elements[i]);
	return bools;
}
