/*-------------------------------------------------------------------------
 *
 * version.c
 *	  Which release of the library is loaded.
 *
 * The SQL of an extension and its library are installed by different steps,
 * so each must be able to tell that the other one is not of its release.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(oncall_library_version);

/* The version in oncall.control when this library was compiled. */
Datum
oncall_library_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(ONCALL_VERSION));
}
