// What the seat knows, and who wants to hear of changes.

export const state = {
    /** The answer of `GET session`, or null. */
    session: null,
    /** Incidents by id, open and lately closed. */
    incidents: new Map(),
    /** Responders by id. */
    responders: new Map(),
    /** Homes in full, by id. */
    homes: new Map(),
    /** Names of the elders by home: kept while a home is read anew, so that a card never loses its name. */
    residents: new Map(),
    health: null,
    dutyChecks: [],
    notes: [],
    /** Whether the incidents have been read since the connection was made. */
    isLoaded: false,
    hasEnded: false,
    isStoreDown: false,
    /** The keys 1 to 9 of urgent incidents: a key stays with its incident, whatever moves. */
    slots: new Map(),
};

const listeners = new Map();

/** Calls `act` at every change of a topic; the answer stops it. */
export function listen(topic, act) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(act);
    return () => listeners.get(topic).delete(act);
}

/** Tells all who listen. */
export function tell(topic, subject) {
    for (const act of [...(listeners.get(topic) || [])]) act(subject);
}

const urgencies = ['lifeSafety', 'urgent', 'routine', 'technical'];

/** 0 is the most pressing. */
export function urgencyRank(name) {
    const place = urgencies.indexOf(name);
    return place < 0 ? urgencies.length : place;
}

/** Most pressing first, then oldest. */
export function bySeverity(a, b) {
    return urgencyRank(a.urgency) - urgencyRank(b.urgency) ||
        Date.parse(a.openedAt) - Date.parse(b.openedAt) || a.id - b.id;
}

/** Whether people are still needed. */
export function isOpen(incident) { return incident.phase !== 'closed'; }

/** Whether nobody has answered yet. */
export function isWaiting(incident) { return incident.phase === 'calling' || incident.phase === 'open'; }

/** Open incidents, most pressing first. */
export function openIncidents() { return [...state.incidents.values()].filter(isOpen).sort(bySeverity); }

/** Whether nobody has answered a matter of life; asked at every event, so it looks no further than the first. */
export function isLifeWaiting() {
    for (const incident of state.incidents.values())
        if (isWaiting(incident) && incident.urgency === 'lifeSafety') return true;
    return false;
}

/** Takes an incident's document in; an older one than the known one is let go. */
export function takeIncident(incident) {
    const known = state.incidents.get(incident.id);
    if (known && known.revision > incident.revision) return;
    state.incidents.set(incident.id, incident);
    giveSlot(incident);
    if (!isOpen(incident)) forgetOldest();
    tell('incident', {incident, before: known});
}

/** Takes the list of all open incidents in; what is not in it, and was not heard of since, is closed. */
export function takeOpen(incidents, revisionsBefore) {
    const ids = new Set(incidents.map((incident) => incident.id));
    for (const [id, known] of state.incidents) {
        if (!ids.has(id) && isOpen(known) && revisionsBefore.get(id) === known.revision)
            state.incidents.delete(id);
    }
    for (const incident of incidents) {
        const known = state.incidents.get(incident.id);
        if (!known || known.revision <= incident.revision) state.incidents.set(incident.id, incident);
    }
    for (const incident of openIncidents().sort((a, b) => Number(isWaiting(b)) - Number(isWaiting(a))))
        giveSlot(incident);
    for (const id of [...state.slots.keys()])
        if (!state.incidents.has(id)) state.slots.delete(id);
    state.isLoaded = true;
    tell('loaded');
}

function giveSlot(incident) {
    if (!isOpen(incident)) {
        state.slots.delete(incident.id);
        return;
    }
    if (state.slots.has(incident.id) || urgencyRank(incident.urgency) > 1) return;
    const taken = new Set(state.slots.values());
    const free = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((slot) => !taken.has(slot));
    if (free) {
        state.slots.set(incident.id, free);
    } else if (isWaiting(incident)) {
        // What is in hand gives its key to what nobody has answered; a waiting one never loses its key.
        const giver = [...state.slots.keys()].find((id) => !isWaiting(state.incidents.get(id)));
        if (giver === undefined) return;
        state.slots.set(incident.id, state.slots.get(giver));
        state.slots.delete(giver);
    }
}

/** Whether somebody has everything that is open in a home. */
export function isInHand(home) {
    const open = (home.openIncidents || []).map((id) => state.incidents.get(id));
    return open.length > 0 && open.every((one) => one && !isWaiting(one));
}

/** The gravest urgency of what is open in a home; what is not known here may be a matter of life. */
export function homeUrgency(home) {
    const open = (home.openIncidents || []).map((id) => state.incidents.get(id));
    if (!open.length || open.some((one) => !one)) return urgencies[0];
    return urgencies[Math.min(...open.map((one) => urgencyRank(one.urgency)))] || urgencies[0];
}

/** The open incident of a number key. */
export function incidentOfSlot(slot) {
    for (const [id, own] of state.slots)
        if (own === slot) return state.incidents.get(id);
    return undefined;
}

const closedKeptLimit = 100;

function forgetOldest() {
    const closed = [...state.incidents.values()].filter((incident) => !isOpen(incident));
    closed.sort((a, b) => Date.parse(a.closedAt || a.openedAt) - Date.parse(b.closedAt || b.openedAt));
    while (closed.length > closedKeptLimit) state.incidents.delete(closed.shift().id);
}

/** Under which name the seat acts. */
export function mine() {
    const user = state.session ? state.session.user : null;
    return user ? user.responder || user.id : '';
}

/** Why the seat may join what another has: `help` is wanted, it was offered by a `handOver`, or null. */
export function invitation(incident) {
    if (!isOpen(incident) || isWaiting(incident)) return null;
    let found = null;
    for (const entry of incident.timeline) {
        if (entry.event === 'helpRequested')
            found = 'help';
        else if (entry.event === 'handOverAsked' && entry.detail === `to ${mine()}`)
            found = 'handOver';
        else if (/^(acknowledged|onScene|handOverUnanswered|acknowledgementStale)$/.test(entry.event))
            found = null;
    }
    return found === 'help' && incident.answeredBy === mine() ? null : found;
}

/** A responder's name, or the id where the name is not known. */
export function responderName(id) {
    const found = state.responders.get(id);
    if (found) return found.name;
    const user = state.session ? state.session.user : null;
    return user && id === user.id ? user.name : id || '';
}

/** Whether the person at the seat may act in a capacity. */
export function may(act) {
    const role = state.session ? state.session.user.role : 'viewer';
    if (role === 'administrator') return true;
    if (act === 'dispatch') return role === 'dispatcher';
    if (act === 'technical') return role === 'technician';
    return act === 'read';
}
