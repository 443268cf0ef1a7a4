/*-------------------------------------------------------------------------
 *
 * shadows.c
 *	  A module for tests: what a statement of the client runs, it runs under a
 *	  hostile search_path.
 *
 * A statement is parsed under the client's search_path, as it was meant. From
 * then to its end, and at COMMIT, the schema "shadow" stands in front of it and
 * of pg_catalog: what our functions, triggers and views look up by name on the
 * caller's path they find there. Functions of the tests themselves, in other
 * schemas than ours, run under the client's own path.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "parser/analyze.h"
#include "tcop/tcopprot.h"
#include "tcop/utility.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

static post_parse_analyze_hook_type prev_post_parse_analyze;
static ExecutorEnd_hook_type prev_executor_end;
static ProcessUtility_hook_type prev_utility;
static needs_fmgr_hook_type prev_needs_fmgr;
static fmgr_hook_type prev_fmgr;

/* Is the shadow on the path, at which level of settings, and since when? */
static bool shadowed = false;
static int	level;
static SubTransactionId since;

/* utility statements under way */
static int	utilities = 0;

/* the client's own search_path, for functions of the tests */
static char *own_path = NULL;

static void
set_path(const char *path)
{
	(void) set_config_option("search_path", path, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

static bool
cast_shadow(void)
{
	char	   *path;

	if (shadowed || !IsTransactionState() ||
		!OidIsValid(get_namespace_oid("shadow", true)))
		return false;
	if (own_path != NULL)
		free(own_path);
	own_path = strdup(namespace_search_path);
	path = psprintf("shadow, pg_catalog%s%s", own_path[0] ? ", " : "",
					own_path);
	level = NewGUCNestLevel();
	set_path(path);
	shadowed = true;
	since = GetCurrentSubTransactionId();
	return true;
}

/* At the end of a transaction, what is deferred to it is still to come. */
static void
lift_shadow(bool at_end)
{
	if (!shadowed || (at_end && !IsTransactionBlock()))
		return;
	shadowed = false;
	AtEOXact_GUC(true, level);
}

static void
at_xact_end(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
	{
		shadowed = false;
		utilities = 0;
	}
}

static void
at_subxact_end(SubXactEvent event, SubTransactionId mine,
			   SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB && shadowed && mine <= since)
	{
		shadowed = false;
		utilities = 0;
	}
}

static void
shadow_analyzed(ParseState *pstate, Query *query, JumbleState * jstate)
{
	if (prev_post_parse_analyze)
		prev_post_parse_analyze(pstate, query, jstate);
	if (utilities == 0 && query->commandType != CMD_UTILITY)
		(void) cast_shadow();
}

static void
shadow_end(QueryDesc * desc)
{
	/* the text of a nested statement is another string, if an equal one */
	bool		outermost = utilities == 0 &&
	desc->sourceText == debug_query_string;

	if (prev_executor_end)
		prev_executor_end(desc);
	else
		standard_ExecutorEnd(desc);
	if (outermost)
		lift_shadow(true);
}

/* Utilities that run what is bound already, or what is deferred. */
static bool
runs_bound(Node *node)
{
	switch (nodeTag(node))
	{
		case T_TransactionStmt:
			return ((TransactionStmt *) node)->kind == TRANS_STMT_COMMIT ||
				((TransactionStmt *) node)->kind == TRANS_STMT_PREPARE;
		case T_ConstraintsSetStmt:
		case T_CallStmt:
		case T_FetchStmt:
			return true;
		case T_CopyStmt:
			return ((CopyStmt *) node)->is_from;
		default:
			return false;
	}
}

static void
shadow_utility(PlannedStmt *pstmt, const char *text, bool read_only_tree,
			   ProcessUtilityContext context, ParamListInfo params,
			   QueryEnvironment *env, DestReceiver * dest, QueryCompletion * qc)
{
	bool		mine = utilities == 0 && !shadowed && runs_bound(pstmt->utilityStmt) &&
	cast_shadow();
	bool		ends = IsA(pstmt->utilityStmt, TransactionStmt);

	if (!ends)
		utilities++;
	PG_TRY();
	{
		if (prev_utility)
			prev_utility(pstmt, text, read_only_tree, context, params, env,
						 dest, qc);
		else
			standard_ProcessUtility(pstmt, text, read_only_tree, context,
									params, env, dest, qc);
	}
	PG_CATCH();
	{
		if (!ends && utilities > 0)
			utilities--;
		PG_RE_THROW();
	}
	PG_END_TRY();
	if (!ends && utilities > 0)
		utilities--;
	if (mine && !ends)
		lift_shadow(true);
}

/* A function of the tests, which means its client's path? */
static bool
is_of_test(Oid function)
{
	char	   *schema;

	if (function < FirstNormalObjectId)
		return false;
	schema = get_namespace_name(get_func_namespace(function));
	return schema != NULL && strncmp(schema, "oncall", 6) != 0 &&
		strcmp(schema, "shadow") != 0;
}

static bool
shadow_needs_fmgr(Oid function)
{
	return (prev_needs_fmgr && prev_needs_fmgr(function)) ||
		is_of_test(function);
}

static void
shadow_fmgr(FmgrHookEventType event, FmgrInfo *flinfo, Datum *private)
{
	if (is_of_test(flinfo->fn_oid))
	{
		if (event == FHET_START)
		{
			*private = Int32GetDatum(0);
			if (shadowed)
			{
				*private = Int32GetDatum(NewGUCNestLevel());
				set_path(own_path);
			}
		}
		else if (event == FHET_END && DatumGetInt32(*private) > 0)
			AtEOXact_GUC(true, DatumGetInt32(*private));
	}
	else if (prev_fmgr)
		prev_fmgr(event, flinfo, private);
}

void
_PG_init(void)
{
	prev_post_parse_analyze = post_parse_analyze_hook;
	post_parse_analyze_hook = shadow_analyzed;
	prev_executor_end = ExecutorEnd_hook;
	ExecutorEnd_hook = shadow_end;
	prev_utility = ProcessUtility_hook;
	ProcessUtility_hook = shadow_utility;
	prev_needs_fmgr = needs_fmgr_hook;
	needs_fmgr_hook = shadow_needs_fmgr;
	prev_fmgr = fmgr_hook;
	fmgr_hook = shadow_fmgr;
	RegisterXactCallback(at_xact_end, NULL);
	RegisterSubXactCallback(at_subxact_end, NULL);
}
