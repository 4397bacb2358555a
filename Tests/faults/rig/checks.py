"""The independent checker: what was sent and heard against what the gateway promises. Knows nothing of its code."""

import collections

from .ledger import home_of, moment

# A press or a hazard's edge raises one of these.
PRESS_KIND, SMOKE_KIND = "sos", "fire"
TELLS_OF_RAISE = ("alarm", "alarmAgain")


class Verdict:
    """Lines of ok and FAILED; the first few examples of each failure."""

    examples_limit = 6

    def __init__(self, out=print):
        self.out, self.failed = out, []

    def line(self, name, problems, figures=""):
        word = "FAILED" if problems else "ok"
        self.out(f"{word:<7} {name}" + (f": {figures}" if figures else ""))
        for problem in list(problems)[:self.examples_limit]:
            self.out(f"        - {problem}")
        if len(problems) > self.examples_limit:
            self.out(f"        ... and {len(problems) - self.examples_limit} more")
        if problems:
            self.failed.append(name)
        return not problems

    def skip(self, name, why):
        self.out(f"skipped {name}: {why}")


def raises(incidents, kind):
    """Home -> how often alarms of the kind were raised there, over all incidents."""
    found = collections.Counter()
    for document in incidents.values():
        for alarm in document.get("alarms", []):
            if alarm.get("kind") == kind:
                found[home_of(document)] += alarm.get("raiseCount", 1)
    return found


def check_counts(verdict, name, sent, incidents, kind, sent_kind):
    """Every acknowledged one counts exactly once; one without PUBACK at most once."""
    surely, perhaps = collections.Counter(), collections.Counter()
    for one in sent:
        if one.kind == sent_kind:
            (surely if one.acked_at else perhaps)[one.home] += 1
    counted = raises(incidents, kind)
    lost, twice = [], []
    for home in sorted(set(surely) | set(perhaps) | set(counted)):
        low, high = surely[home], surely[home] + perhaps[home]
        if counted[home] < low:
            lost.append(f"{home}: {low} acknowledged, {counted[home]} counted")
        if counted[home] > high:
            twice.append(f"{home}: {high} sent, {counted[home]} counted")
    total = f"{sum(surely.values())} acknowledged, {sum(counted.values())} counted"
    if perhaps:
        total += f", {sum(perhaps.values())} without PUBACK"
    verdict.line(f"{name}: no acknowledged one lost", lost, total)
    verdict.line(f"{name}: none counted twice", twice, total)


def check_pairs(verdict, pairs, sent, incidents):
    """Two equal presses in a home that got nothing else are two."""
    alone = collections.Counter(one.home for one in sent if one.kind == "press")
    counted = raises(incidents, PRESS_KIND)
    wrong = []
    for home, pair in pairs:
        if alone[home] == 2 and all(one.acked_at for one in pair) and counted[home] != 2:
            wrong.append(f"{home}: two presses, {counted[home]} counted")
    verdict.line("two equal presses count as two", wrong, f"{len(pairs)} pairs in homes of their own")


def check_marks(verdict, sent, heard):
    """Each acknowledged press and edge is shown as evidence at least once."""
    wanted = [one for one in sent if one.acked_at and one.kind in ("press", "smokeOn")]
    missing = sorted({f"{one.home} {one.kind} {one.mark}" for one in wanted if one.mark not in heard})
    verdict.line("each one was published as evidence", missing, f"{len(wanted)} publications")


def check_orders(verdict, orders, incidents, exact=True):
    """Order ids: one id means one order, and no raise is told twice under two ids."""
    by_id = collections.defaultdict(set)
    told = collections.defaultdict(set)
    for order in orders:
        by_id[order.id].add((order.incident, order.responder, order.purpose))
        if order.purpose in TELLS_OF_RAISE:
            told[order.incident, order.responder].add(order.id)
    confused = [f"{identifier}: {sorted(what)}" for identifier, what in by_id.items() if len(what) > 1]
    verdict.line("an order id is always the same order", confused, f"{len(by_id)} orders, {len(orders)} deliveries")
    doubled, untold, unknown = [], [], []
    first = {}
    for order in sorted(orders, key=lambda one: one.at):
        first.setdefault(order.incident, order.responder)
    for (incident, responder), identifiers in sorted(told.items()):
        document = incidents.get(incident)
        if document is None:
            unknown.append(f"incident {incident} was ordered and never published")
            continue
        count = sum(alarm.get("raiseCount", 1) for alarm in document.get("alarms", []))
        if len(identifiers) > count:
            doubled.append(f"incident {incident}, {responder}: {count} raises, {len(identifiers)} orders")
        elif exact and responder == first[incident]:
            missing = _raises_without_order(document, [o for o in orders if o.id in identifiers])
            if missing:
                untold.append(f"incident {incident}, {responder}: {missing} raises of {count} without an order")
    verdict.line("no raise is ordered twice under different ids", doubled)
    if exact:
        verdict.line("the first responder hears of every raise", untold)
    verdict.line("every ordered incident is published", unknown)


def _raises_without_order(document, orders):
    """Moments of raising in the incident's timeline at which nothing was ordered; raises of one moment are one piece
    of news. The wall time in a document may differ by what the clock was corrected by meanwhile."""
    told = [order.ordered_at for order in orders]
    raised = {moment(entry["at"]) for entry in document.get("timeline", [])
              if entry["event"] in ("opened", "alarmRaised", "alarmRaisedAgain")}
    return sum(1 for at in raised if not any(abs(at - one) < 0.05 for one in told))


class Uptime:
    """When the gateway was armed: stretches from READY=1 to the kill."""

    def __init__(self):
        self.stretches = []

    def add(self, ready_at, ended_at):
        if ready_at is not None and ended_at > ready_at:
            self.stretches.append((ready_at, ended_at))

    def latest_allowed(self, due, settle):
        """The moment by which something due at `due` must have happened: `settle` seconds armed after it."""
        for begin, end in self.stretches:
            at = max(begin, due) + settle
            if at <= end:
                return at
        return None


def waves_of(orders, incident):
    """The chain of an unanswered incident: (first arrival, set of responders, purposes) per moment of ordering."""
    waves, ordered = {}, {}
    for order in orders:
        if order.incident == incident and order.purpose in ("alarm", "reminder"):
            # Sent again, the wall time in it may differ by what the clock was corrected meanwhile.
            ordered_at = ordered.setdefault(order.id, order.ordered_at)
            wave = waves.setdefault(ordered_at, [order.at, set()])
            wave[0] = min(wave[0], order.at)
            wave[1].add(order.responder)
    return [(ordered_at, at, people) for ordered_at, (at, people) in sorted(waves.items())]


def check_chains(verdict, homes, incidents, orders, uptime, ended_at, clock_offset, waits, repeat, people, settle=2.5):
    """Each unanswered incident goes through its steps on time and then repeats its last step for ever.

    `clock_offset` is wall clock minus monotonic clock, both in seconds.
    """
    late, early, silent, wrong, worst, count = [], [], [], [], 0.0, 0
    number_of = {}
    for number, document in sorted(incidents.items()):
        if home_of(document) in homes:
            number_of.setdefault(home_of(document), number)
    for home in homes:
        if home not in number_of:
            silent.append(f"{home}: no incident")
            continue
        waves = waves_of(orders, number_of[home])
        for place, (ordered_at, at, told) in enumerate(waves):
            if told != people[min(place, len(people) - 1)]:
                wrong.append(f"{home}: wave {place + 1} went to {sorted(told)}")
            wait = waits[place] if place < len(waits) else repeat
            due = ordered_at - clock_offset + wait
            allowed = uptime.latest_allowed(due, settle)
            if allowed is None or allowed > ended_at:
                continue
            count += 1
            if place + 1 == len(waves):
                silent.append(f"{home}: nothing after wave {place + 1}, due {ended_at - due:.1f} s before the end")
                continue
            next_ordered, next_at, _ = waves[place + 1]
            worst = max(worst, next_at - due)
            if next_at > allowed:
                late.append(f"{home}: wave {place + 2} was {next_at - due:.2f} s late, allowed {allowed - due:.2f} s")
            if next_ordered - ordered_at < wait - 0.1:
                early.append(f"{home}: wave {place + 2} came {wait - (next_ordered - ordered_at):.2f} s early")
    verdict.line("unanswered incidents: every deadline kept", late, f"{count} deadlines in {len(homes)} homes, "
                 f"the latest {worst:.2f} s after it was due (the gateway down included)")
    verdict.line("unanswered incidents: nothing before its time", early)
    verdict.line("unanswered incidents: no chain falls silent", silent)
    verdict.line("unanswered incidents: the right people in each step", wrong)


def check_commands(verdict, accepted, heard):
    """What was answered `accepted` is still so after every restart: a closed incident stays away."""
    forgotten = []
    for (incident, act), _ in sorted(accepted.items()):
        home = home_of(heard.incidents.get(incident, {}))
        if act == "close" and incident in heard.open_now.get(home, ()):
            forgotten.append(f"incident {incident}: closing was accepted, it is open in {home}")
    verdict.line("accepted commands stay in force", forgotten, f"{len(accepted)} accepted")
