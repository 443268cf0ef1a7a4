"""What becomes of incidents, as the manual says it (doc/incidents.md, and what
is said of the columns and functions)."""

from company import BY_DAY, HOUR, INFINITY, MINUTE


class Refused(Exception):
    """An error, by its SQLSTATE."""


class Page:
    def __init__(self, incident, step, place, person, reason, created, due=None):
        self.home = self.incident = incident
        self.step, (self.rotation, self.seat), self.person = step, place, person
        self.reason, self.created, self.due = reason, created, due
        self.acked = self.cancelled = self.sent = None

    @property
    def waits(self):
        return self.person is None and self.cancelled is None


class Response:
    def __init__(self, incident, person, begin):
        self.home = self.incident = incident
        self.person, self.begin, self.end = person, begin, None


class Incident:
    def __init__(self, ident, service, name, severity, key, opened):
        self.id, self.service, self.name, self.severity, self.key = ident, service, name, severity, key
        self.opened = opened
        self.acked = self.resolved = self.resolution = self.into = None
        self.asked = opened
        self.step, self.times, self.waits = 0, 1, None
        self.pages, self.responses, self.events = [], [], []
        self.parts = []     # incidents that were merged into it, directly
        self.asked_pages = 0


class Model:
    def __init__(self, company):
        self.company, self.incidents, self.pages = company, {}, 0

    # small questions

    def root(self, incident):
        while incident.into is not None:
            incident = incident.into
        return incident

    def event(self, incident, kind, at):
        incident.events.append((at, kind, incident))

    def last_event(self, incident):
        return max(at for at, _, _ in incident.events)

    def refuse_ended(self, incident):
        if incident.resolved is not None:
            raise Refused("55000")

    def may_page(self, incident, person, at):
        """The first instant from one on at which the person (None: whoever it
        will be) may be called."""
        severity, service = incident.severity, incident.service
        zone = service.team.zone
        if severity.hours_of == "holder" and person is not None:
            zone = self.company.person(person).zone
        while True:
            began = at
            for begin, end in service.maintenance:
                if begin <= at < end:
                    at = end
            if severity.hours:
                at = severity.hours.opens(zone, at)
            if at == began:
                return at

    def places(self, incident, step, at):
        """(rotation, seat), and who would be called there: None if nobody is,
        or whoever is has left."""
        service, company = incident.service, self.company
        if step == 0:
            for rotation in sorted(service.seats):
                seats = service.seats[rotation]
                if incident.severity.answers > 1:
                    seats = sorted({*seats, *range(1, min(2, company.rotation(rotation).seats) + 1)})
                for seat in seats:
                    yield (rotation, seat), self.there(company.holder(rotation, seat, at), at)
        elif step not in service.steps:
            yield (None, None), self.there(service.team.manager, at)
        else:
            e = service.steps[step]
            if e.person is not None:
                yield (None, None), self.there(e.person, at)
            else:
                for seat in [e.seat] if e.seat else range(1, company.rotation(e.rotation).seats + 1):
                    yield (e.rotation, seat), self.there(self.who(e, e.rotation, seat, at), at)

    def who(self, e, rotation, seat, at):
        ask = self.company.next_holder if e and e.holder == "next" else self.company.holder
        return ask(rotation, seat, at)

    def there(self, person, at):
        return person if self.company.present(person, at) else None

    # calling

    def call_step(self, incident, step, reason, at, by_hand=False, times=1, but=()):
        """Calls the people of a step, and of further ones where nobody is
        there; returns their number."""
        service = incident.service
        if service is None:
            self.event(incident, "empty", at)
            return 0
        called, first = set(but), True
        while True:
            e = service.steps.get(step)
            before, gone, dues = len(called), False, []
            if not first and not by_hand and e and e.hours and e.hours.opens(service.team.zone, at) > at:
                places = []
                self.event(incident, "missed", at)
            else:
                places = list(self.places(incident, step, at))
                if not places:
                    self.event(incident, "empty", at)
            if e and e.strategy == "in_turn":
                places = self.in_turn(incident, step, places, called)
            why = "manager" if step == service.manager_step and not by_hand else "step" if not (first or by_hand) else reason
            for place, person in places:
                due = at if by_hand else self.may_page(incident, person, at)
                if due > at:
                    dues.append(due)
                    place = (place[0], e.seat) if e and e.strategy == "in_turn" else place
                    self.page(incident, step, place, None, why, at, due)
                elif person is None:
                    gone = True
                    self.event(incident, "empty", at)
                    if e and e.when_empty == "hold" and e.rotation:
                        in_turn = e.strategy == "in_turn"       # whoever comes on first
                        self.page(incident, step, (place[0], e.seat) if in_turn else place, None, why, at)
                        if in_turn:
                            break
                elif person not in called:
                    called.add(person)
                    self.page(incident, step, place, person, why, at)
            if dues:
                self.event(incident, "waiting", at)
            somebody = len(called) > before or bool(dues)
            if not somebody or step > 0 and (e is None or e.seat is None):
                gone = not somebody     # of several seats one is enough
            stays = e and places and (e.when_empty == "wait" or e.when_empty == "hold" and e.rotation)
            if not gone or stays or step == service.manager_step:
                break
            step, times, first = service.step_after(step), 1, False
        if len(called) == len(but) and not dues and step == service.manager_step:
            self.event(incident, "empty", at)
        incident.step, incident.times = step, times
        if incident.acked is None:
            incident.waits = None if not incident.severity.pages else min(dues) if dues and len(called) == len(but) else at
        return len(called) - len(but)

    def page(self, incident, *args):
        page = Page(incident, *args)
        self.pages += 1
        page.number = self.pages
        incident.pages.append(page)
        return page

    def in_turn(self, incident, step, places, called=()):
        """The one of them who was called longest ago by the step; of those who
        have been called already somebody else, if there is; all of them, if
        nobody is there."""
        def last(place):
            return max((page.number for other in self.incidents.values() for page in other.pages
                        if page.home.service is incident.service and page.step == step and page.person == place[1]
                        and page.rotation == place[0][0]), default=0)
        there = [place for place in places if place[1] is not None]
        fresh = [place for place in there if place[1] not in called]
        if not there:
            return [((place[0], None), None) for place, _ in places[:1]] if len(places) > 1 else places
        return [min(fresh or there, key=last)]

    def cancel_waiting(self, incident, at):
        for page in incident.pages:
            if page.waits:
                page.cancelled = at

    def cancel_unsent(self, incident, at):
        for page in incident.pages:
            if page.sent is None and page.acked is None and page.cancelled is None:
                page.cancelled = at

    def ask_again(self, incident, at):
        self.cancel_waiting(incident, at)
        incident.asked, incident.acked = at, None
        incident.step, incident.times, incident.waits = 0, 1, at

    # what people do

    def open(self, ident, service, name, severity, key, at):
        """The incident, which is a new one if it has this id."""
        joined = self.joined(service, name, key, at)
        if joined is not None:
            self.event(joined, "alert", at)
            if joined.resolved is not None:
                self.do_reopen(joined, at)
            return joined
        incident = self.incidents[ident] = Incident(ident, service, name, severity, key, at)
        self.event(incident, "opened", at)
        self.call_first(incident, "opened", at)
        return incident

    def joined(self, service, name, key, at):
        if key is None:
            return None
        same = [i for i in self.incidents.values() if self.same_key(i, service, name, key)]
        if not same:
            return None
        latest = self.root(max(same, key=lambda i: (INFINITY if i.resolved is None else i.resolved, i.id)))
        if latest.resolved is not None and (latest.resolution != "resolved" or at > latest.resolved + (
                latest.service.reopen_within if latest.service else 30 * MINUTE)):
            return None
        return latest

    def same_key(self, incident, service, name, key):
        return (incident.service, incident.name, incident.key) == (service, name, key)

    def refuse_other(self, incident):
        """Of one key one incident is open."""
        if incident.key is not None and any(
                i.resolved is None and self.same_key(i, incident.service, incident.name, incident.key)
                for i in self.incidents.values()):
            raise Refused("55000")

    def call_first(self, incident, reason, at):
        self.ask_again(incident, at)
        if incident.service is None or not incident.severity.pages:
            incident.waits = None
        else:
            self.call_step(incident, 0, reason, at)

    def do_reopen(self, incident, at):
        self.refuse_other(incident)
        incident.resolved = incident.resolution = None
        self.call_first(incident, "reopened", at)

    def acknowledge(self, incident, person, at):
        self.refuse_ended(incident)
        self.event(incident, "acknowledged", at)
        mine = [page for page in incident.pages if page.person == person]
        open_ = [page for page in mine if page.acked is None and page.cancelled is None]
        for page in open_:
            page.acked = at
        if not any(page.acked is not None and page.acked >= incident.asked for page in mine):
            self.page(incident, incident.step, (None, None), person, "volunteer", at).acked = at
        self.begin_response(incident, person, at)
        self.settle(incident, at)

    def begin_response(self, incident, person, at):
        if not any(r.person == person and r.end is None for r in incident.responses):
            incident.responses.append(Response(incident, person, at))

    def end_responses(self, incident, at, but=None):
        for r in incident.responses:
            if r.end is None and r.person != but:
                r.end = max(at, r.begin)

    def answers(self, incident):
        return {page.person for page in incident.pages if page.acked is not None and page.acked >= incident.asked}

    def wanted(self, incident):
        paged = {page.person for page in incident.pages if page.person is not None and page.created >= incident.asked}
        paged |= self.answers(incident)
        return max(1, min(incident.severity.answers, len(paged)))

    def settle(self, incident, at):
        if incident.acked is None and len(self.answers(incident)) >= self.wanted(incident):
            incident.acked, incident.waits = at, None
            self.cancel_waiting(incident, at)

    def resolve(self, incident, at):
        self.refuse_ended(incident)
        self.event(incident, "resolved", at)
        self.end(incident, "resolved", at)
        self.end_responses(incident, at)

    def end(self, incident, resolution, at):
        incident.resolved, incident.resolution, incident.waits = at, resolution, None
        self.cancel_unsent(incident, at)

    def reopen(self, incident, at):
        if incident.resolution != "resolved":
            raise Refused("55000")
        self.event(incident, "reopened", at)
        self.do_reopen(incident, at)

    def reassign(self, incident, person, at):
        self.refuse_ended(incident)
        if not self.company.present(person, at):
            raise Refused("22023")
        self.event(incident, "reassigned", at)
        self.cancel_waiting(incident, at)
        self.end_responses(incident, at, but=person)
        self.page(incident, incident.step, (None, None), person, "reassigned", at)
        incident.acked, incident.asked = None, at
        service = incident.service
        incident.waits = at if service and incident.severity.pages else None
        if service and incident.step == service.manager_step:
            # who has called last calls again
            incident.step = service.manager_step - 1
            incident.times = service.steps[incident.step].repeat if service.steps else 1

    def escalate(self, incident, at):
        self.refuse_ended(incident)
        if incident.service is None:
            raise Refused("55000")
        self.event(incident, "escalated", at)
        own = [page for page in incident.pages if page.step == incident.step and page.created >= incident.asked]
        step = incident.step
        if not any(page.person for page in own) and (
                incident.step == 0 and incident.waits is None or any(page.waits and page.due is not None for page in own)):
            self.cancel_waiting(incident, at)
        else:
            step = incident.service.step_after(step)
        self.call_step(incident, step, "by_hand", at, by_hand=True)
        if incident.acked is not None:
            self.cancel_waiting(incident, at)

    def set_severity(self, incident, severity, at):
        self.refuse_ended(incident)
        self.event(incident, "severity", at)
        old, incident.severity = incident.severity, severity
        answers = self.answers(incident)
        if incident.service is None:
            pass
        elif not severity.pages:
            self.cancel_waiting(incident, at)
            incident.waits = None
        elif self.settle(incident, at) or incident.acked is not None:
            if severity.answers > max(len(answers), old.answers):
                self.raised(incident, answers, at)
        elif incident.waits is None or severity.rank < old.rank and (
                severity.answers > old.answers or any(page.waits and page.step == incident.step for page in incident.pages)):
            self.raised(incident, answers, at)
        self.settle(incident, at)

    def raised(self, incident, answers, at):
        incident.acked = None
        self.cancel_waiting(incident, at)
        self.call_step(incident, incident.step, "raised", at, but=answers)

    # merging

    def merge(self, target, source, at):
        self.refuse_ended(target)
        if target is source:
            raise Refused("22023")
        if source.resolution in ("merged", "stale"):
            raise Refused("55000")
        source.was, source.merged_at = (source.resolved, source.resolution), at
        self.event(target, "merged", at)
        source.resolved, source.resolution, source.into = source.resolved or at, "merged", target
        source.waits = None
        self.cancel_waiting(source, at)
        for name in "pages", "responses", "events":
            getattr(target, name).extend(getattr(source, name))
            setattr(source, name, [])
        if source.acked is not None:
            target.asked = min(target.asked, source.asked)
        self.settle(target, at)

    def unmerge(self, incident, at):
        if incident.resolution != "merged":
            raise Refused("55000")
        root = self.root(incident)
        resolved, resolution = incident.was
        if resolved is None:
            self.refuse_other(incident)
        incident.into, incident.resolved, incident.resolution = None, resolved, resolution
        for page in [p for p in root.pages if self.root(p.home) is incident]:
            root.pages.remove(page)
            incident.pages.append(page)
        for r in [r for r in root.responses if self.root(r.home) is incident]:
            root.responses.remove(r)
            incident.responses.append(r)
        for e in [e for e in root.events if self.root(e[2]) is incident]:
            root.events.remove(e)
            incident.events.append(e)
        self.event(incident, "unmerged", at)
        self.event(root, "unmerged", at)
        if resolved is None and incident.acked is None:
            for page in incident.pages:
                if page.person is None and page.cancelled == incident.merged_at and page.created >= incident.asked:
                    page.cancelled = None
            if incident.service and incident.severity.pages:
                incident.waits = max(at, min((p.due for p in incident.pages if p.waits and p.due is not None), default=at))
        # an answer that leaves with it was none to the other
        if root.resolved is None and root.acked is not None and not any(
                p.acked is not None and p.acked >= root.asked for p in root.pages):
            root.acked = None
            root.waits = at if root.service and root.severity.pages else None
        for one in (incident, root):
            if one.resolved is None:
                self.settle(one, at)

    # time

    def run(self, at):
        called = 0
        for incident in [i for i in self.incidents.values() if i.resolved is None]:
            called += self.attend(incident, at)
            called += self.hand_over(incident, at)
        return called

    def attend(self, incident, at):
        if self.stale_at(incident) <= at:
            self.close_stale(incident, at)
            return 0
        service = incident.service
        if service is None:
            return 0
        if incident.acked is not None:
            if service.ack_timeout is not None and self.last_event(incident) + service.ack_timeout <= at \
                    and incident.severity.pages:
                self.event(incident, "forgotten", at)
                self.ask_again(incident, at)
                return self.call_step(incident, 0, "forgotten", at)
            return 0
        called = sum(self.release(incident, page, at) for page in list(incident.pages) if page.waits)
        while True:
            due = self.due(incident, at)
            if due is None:
                return called
            step, times, passed = due
            if passed:
                self.event(incident, "missed", at)
            called += self.call_step(incident, step, "step", at, times=times)

    def close_stale(self, incident, at):
        """By day only."""
        service = incident.service
        zone = service.team.zone if service else "UTC"
        if BY_DAY.opens(zone, at) == at:
            timeout = service.ack_timeout if service and service.ack_timeout is not None else HOUR
            self.end_responses(incident, min(at, self.last_event(incident) + timeout))
            self.end(incident, "stale", at)
            self.event(incident, "stale", at)

    def stale_at(self, incident):
        since = self.last_event(incident)
        for page in incident.pages:
            if page.waits and page.due is None:
                return INFINITY
            if page.due is not None and (page.waits or page.person):
                since = max(since, page.due)
        return since + incident.severity.stale_after

    def answered_seats(self, incident):
        """(rotation, seat): who answered there last, and when."""
        service = incident.service
        asked = incident.asked
        if (asked, "handover") in {(at, kind) for at, kind, _ in incident.events}:
            asked = max([incident.opened] + [at for at, kind, _ in incident.events
                                             if kind in ("resolved", "reopened", "reassigned", "forgotten")])
        last = {}
        for page in incident.pages:
            if page.acked is None or page.acked < asked:
                continue
            seats = [(page.rotation, page.seat)]
            if page.rotation is None:
                # not called for a seat, or not called: for the one that they held
                seats = [(rotation, seat) for rotation in (service.seats if service else [])
                         for seat in range(1, self.company.rotation(rotation).seats + 1)
                         if self.company.holder(rotation, seat, page.acked) == page.person]
            for seat in seats:
                last[seat] = max(last.get(seat, (0, 0, 0)), (page.acked, page.number, page.person))
        return {seat: (person, acked) for seat, (acked, _, person) in last.items()}

    def hand_over(self, incident, at):
        """An answered incident goes on to who holds a seat now on which
        somebody else has answered."""
        if incident.service is None or incident.acked is None or incident.resolved is not None or not incident.severity.pages \
                or incident.severity.at_handover == "note":
            return 0
        seats = self.answered_seats(incident)
        answered = {person for person, _ in seats.values()}
        called = set()
        for seat, (person, acked) in sorted(seats.items()):
            now = self.there(self.company.holder(*seat, at), at)
            seats_now = range(1, self.company.rotation(seat[0]).seats + 1)
            if any(self.company.holder(seat[0], other, at) == person for other in seats_now):
                continue                                # on duty still, if on another seat
            if now is None or now in answered or now in called or self.may_page(incident, now, at) > at or any(
                    page.reason == "handover" and (page.rotation, page.seat) == seat and page.created >= acked
                    for page in incident.pages):
                continue
            called.add(now)
            self.page(incident, 0, seat, now, "handover", at)
            self.event(incident, "handover", at)
        if called:
            self.ask_again(incident, at)
        return len(called)

    def release(self, incident, page, at):
        """A page that waits may go, or somebody has come on."""
        service, step = incident.service, page.step
        e = service.steps.get(step)
        places = list(self.places(incident, step, at))
        seats = [p for p in places if p[0] == (page.rotation, page.seat)]
        if e and e.strategy == "in_turn":
            seats = self.in_turn(incident, step, [p for p in places if page.seat is None or p[0][1] == page.seat])
        place, person = seats[0] if seats else ((page.rotation, page.seat), None)
        due = self.may_page(incident, person, at)
        if due > at:
            if page.due is not None or person is not None:
                if step == incident.step and incident.waits == page.due:
                    incident.waits = due
                page.due = due
            return 0
        if person is None:
            hold = e and e.when_empty == "hold" and page.rotation is not None
            if page.due is None or hold:
                page.due = None
                return 0
            page.cancelled = at
            self.event(incident, "empty", at)
            several = e and e.seat is None and any(person for _, person in places)
            if (e is None or e.when_empty != "wait") and step == incident.step != service.manager_step and not several:
                return self.call_next(incident, at)
            return 0
        if any(p.person == person and (p.step, p.created) == (step, page.created) for p in incident.pages):
            page.cancelled = at
            return 0
        if page.due is None:
            self.event(incident, "waiting", at)     # until now
        elif step == incident.step and not any(
                p.person is not None and (p.step, p.created) == (step, page.created) for p in incident.pages):
            incident.waits = at                         # from the first who was called
        page.person, page.seat = person, place[1]
        return 1

    def call_next(self, incident, at):
        """The next step that may call now."""
        service = incident.service
        step = service.step_after(incident.step)
        while step in service.steps:
            hours = service.steps[step].hours
            if not hours or hours.opens(service.team.zone, at) == at:
                break
            self.event(incident, "missed", at)
            step = service.step_after(step)
        return self.call_step(incident, step, "step", at)

    def due(self, incident, at):
        """The step that calls now, for the how manieth time, and whether some
        were missed; None if none does. Steps without a wait call together: the
        first of them, then again."""
        service = incident.service
        if incident.waits is None or incident.acked is not None:
            return None
        step, times, since = incident.step, incident.times, incident.waits
        result, chosen = None, None
        passed = 0
        while step != service.manager_step:
            step, times, since = self.following(service, incident.severity, step, times, since)
            if since > at:
                break
            e = service.steps.get(step)
            if e and e.hours and e.hours.opens(service.team.zone, at) > at:
                pass
            elif since != chosen:
                chosen, result = since, (step, times, passed)
            passed += 1
        return result

    def following(self, service, severity, step, times, since):
        e = service.steps.get(step)
        if e and times < e.repeat and e.wait:
            return step, times + 1, since + e.wait
        step = service.step_after(step)
        return step, 1, since + service.wait(step, severity)
