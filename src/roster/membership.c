/*-------------------------------------------------------------------------
 *
 * membership.c
 *	  When somebody belongs to a rotation because they are on a list of it.
 *
 * Pure.
 *
 *-------------------------------------------------------------------------
 */
#include "base/core.h"

#include "roster/membership.h"
#include "roster/walk.h"

/* Does a person stand in the list of a layer at any time? */
static bool
is_ever_listed(const Layer *layer, int32 person_id)
{
	int			i;

	for (i = 0; i < layer->nmembers; i++)
	{
		if (layer->members[i].person_id == person_id &&
			is_believed(&layer->members[i].recorded, KNOWN_NOW))
			return true;
	}
	return false;
}

static void
add_layer(Layer *layer, int32 person_id, Period window, PeriodSet *set)
{
	Period		period = period_and(layer->valid, window);
	Walk	   *walk;
	TimestampTz begins;

	if (period_empty(period) ||
		!is_believed(&layer->recorded, KNOWN_NOW) ||
		!is_ever_listed(layer, person_id))
		return;
	walk = walk_create(layer, KNOWN_NOW, period.until);
	if (!walk_begins(walk, &begins))
		return;
	period.from = Max(period.from, begins);
	period.until = Min(period.until, walk->ends);
	if (period_empty(period) || !walk_seek(walk, period.from))
		return;

	/* between two stretches the list stays as it is */
	while (!period_empty(period))
	{
		bool		listed = walk_lists(walk, person_id);
		Period		stretch = period;

		CHECK_FOR_INTERRUPTS();
		if (walk_next_stretch(walk))
			stretch.until = Min(walk->from, period.until);
		if (listed)
			period_set_add(set, stretch);
		period.from = stretch.until;
	}
}

void
membership_add(Rotation *rotation, int32 person_id, Period window,
			   PeriodSet *set)
{
	int			i;

	for (i = 0; i < rotation->nlayers; i++)
		add_layer(&rotation->layers[i], person_id, window, set);
}
