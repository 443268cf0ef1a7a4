/*-------------------------------------------------------------------------
 *
 * pay_loader.h
 *	  Read who is paid by which policy, and where and when people work.
 *
 * This is the one place that says where somebody works at an instant, and
 * which dates are public holidays there: pay, rest and plans ask it.
 *
 * As the caller, through SPI, under the active snapshot. All results are
 * palloc'd in the current memory context.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PAY_LOADER_H
#define ONCALL_PAY_LOADER_H

#include "pay/bands.h"
#include "pay/pay_terms.h"

/* The tables that these are read from. */
typedef enum PayTable
{
	TABLE_PAY_POLICY,
	TABLE_PAY_BAND,
	TABLE_PAY_ASSIGNMENT,
	TABLE_PAY_PERSON,
	TABLE_PAY_HOLIDAY,
	NUM_PAY_TABLES
} PayTable;

/* Where, when and with which public holidays somebody works. */
typedef struct WorkPlace
{
	Zone	   *zone;
	const Week *hours;
	Datum		working_hours;	/* the same, of type weekly_hours */
	int32		calendar_id;	/* 0: no public holidays are known */
} WorkPlace;

/*
 * A stretch of a person's time in which nothing changes that concerns pay. It
 * begins where the one before ends.
 */
typedef struct PayStretch
{
	TimestampTz until;
	int32		pay_policy_id;	/* that pays then; 0: none */
	Datum		wage;			/* numeric, for an hour; 0: none is known */
	WorkPlace	place;
} PayStretch;

/* A person: stretches from DT_NOBEGIN to DT_NOEND, at least one. */
typedef struct Payee
{
	int32		person_id;
	TimestampTz leaves;			/* the company, if before DT_NOEND */
	int			nstretches;
	PayStretch *stretches;
} Payee;

/* A calendar as it was read; see holidays_of_person(). */
typedef struct PayCalendar
{
	int32		calendar_id;
	int			ndays;
	Day		   *days;
	Day		   *observes;
} PayCalendar;

/* Calendars that were read so far, in a context of the caller's choice. */
typedef struct PayCalendars
{
	MemoryContext context;
	int			n;
	PayCalendar *calendars;
} PayCalendars;

/* The tables' OIDs; an error that names setup() if there are none. */
extern void pay_loader_tables(Oid oids[NUM_PAY_TABLES]);

/* Does row security filter one of these tables for the current user? */
extern bool pay_loader_has_row_security(const Oid oids[NUM_PAY_TABLES]);

/* The people with these ids, in order of their id; who is none is left out. */
extern Payee *pay_loader_payees(const int32 *ids, int nids, int *npayees);

/* The person with this id; an error (42704) if there is none. */
extern Payee *pay_loader_payee(int32 person_id);

/* The stretch of a person's time around an instant. */
extern const PayStretch *pay_loader_stretch(const Payee *payee,
											TimestampTz at);

/* Do two stretches have the same zone, hours and holidays? */
extern bool pay_loader_same_place(const WorkPlace *a, const WorkPlace *b);

/*
 * The public holidays of somebody who works at a place. Calendars that were
 * not read yet are; the result does not point into them.
 */
extern Holidays pay_loader_holidays(const WorkPlace *place,
									PayCalendars *calendars);

/*
 * How a policy splits a person's time, in one rotation and seat; 0: none.
 * Band i is bands[i] of the policy. Calendars that were not read yet are. The
 * result points neither into the payee nor into the calendars.
 */
extern Bands *pay_loader_bands(const PayPolicy *policy, const Payee *payee,
							   int32 rotation_id, int32 seat,
							   PayCalendars *calendars);

/* The zone in which somebody's bands are counted in a regime. */
#define REGIME_ZONE(regime) ((regime)->offsets->zone)

#endif							/* ONCALL_PAY_LOADER_H */
