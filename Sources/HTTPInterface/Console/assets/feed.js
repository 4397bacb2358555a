// The stream of events, and the care that the seat never shows old things as new ones.
import {state, takeIncident, takeOpen, tell} from './state.js';
import {hearTime} from './time.js';
import {ask, read, readAll} from './wire.js';
import {listed} from './words.js';

/** Without a beat for so long, what is shown is called stale. */
export const staleAfterMilliseconds = 12000;
/** A connection that is silent for so long is made anew. */
const silentLimitMilliseconds = 20000;
const retryMilliseconds = 2500;

let source = null;
let heardAt = 0;
let wasLost = false;
let watch = null;
let retry = null;
let loading = null;

/** Whether beats come in. */
export function isStale() {
    return heardAt === 0 ? false : performance.now() - heardAt > staleAfterMilliseconds;
}

/** Milliseconds since the gateway was heard last. */
export function silence() { return heardAt === 0 ? 0 : performance.now() - heardAt; }

/** Whether the connection is up. */
export function isConnected() { return source !== null && source.readyState === 1 && !wasLost; }

/** Begins to listen; everything is read once the stream stands. */
export function startFeed() {
    stopFeed();
    heardAt = performance.now();
    connect();
    watch = setInterval(guard, 1000);
}

/** Ends listening. */
export function stopFeed() {
    clearInterval(watch);
    clearTimeout(retry);
    if (source) source.close();
    source = null;
    heardAt = 0;
    wasLost = false;
}

function connect() {
    clearTimeout(retry);
    retry = null;
    if (source) source.close();
    source = new EventSource('/api/v1/events');
    source.onopen = () => {
        heard();
        wasLost = false;
        reload();
        tell('link');
    };
    source.onerror = () => {
        wasLost = true;
        tell('link');
        // The browser comes back by itself with the last event's id, unless it gave up.
        if (source && source.readyState === 2) comeBack();
    };
    on('incident', takeIncident);
    on('health', (health) => {
        state.health = health;
        if (health.now) hearTime(health.now);
        tell('health');
    });
    on('home', (home) => {
        state.homes.delete(home.id);
        tell('home', home);
    });
    on('visit', (visit) => tell('visit', visit));
    on('note', (event) => {
        const note = event.note || event;
        state.notes = [note, ...state.notes.filter((one) => one.id !== note.id)];
        tell('note', note);
    });
    on('duty', (event) => {
        const check = event.dutyCheck || event;
        state.dutyChecks = [check, ...state.dutyChecks.filter((one) => one.id !== check.id)];
        tell('duty', check);
    });
    on('beat', (beat) => {
        hearTime(beat.now);
        tell('beat');
    });
    on('reset', () => reload());
}

function on(name, act) {
    source.addEventListener(name, (event) => {
        heard();
        let subject = {};
        try {
            subject = JSON.parse(event.data || '{}');
        } catch (error) {
            reload();
            return;
        }
        act(subject);
    });
}

function heard() {
    const wasStale = isStale();
    heardAt = performance.now();
    if (wasStale) tell('link');
}

async function comeBack() {
    if (retry) return;
    retry = setTimeout(connect, retryMilliseconds);
    // A stream that was refused may mean that the session has ended; asking says so.
    try {
        await read('session');
    } catch (refusal) { /* wire.js has told who listens */
    }
    if (state.hasEnded) {
        clearTimeout(retry);
        retry = null;
    }
}

function guard() {
    if (!source || state.hasEnded) return;
    if (silence() > silentLimitMilliseconds && !retry) {
        wasLost = true;
        // The age shown goes on from the last sign of life, not from this try.
        const before = heardAt;
        connect();
        heardAt = before;
        retry = setTimeout(() => {
            retry = null;
        }, silentLimitMilliseconds / 2);
    }
    tell('guard');
}

/** Reads everything anew; calls while it runs are one. */
export function reload() {
    if (!loading)
        loading = load().finally(() => {
            loading = null;
        });
    return loading;
}

async function load() {
    const revisions = new Map([...state.incidents].map(([id, incident]) => [id, incident.revision]));
    const open = readAll('incidents?state=open&limit=200', 'incidents',
        'before').then((found) => takeOpen(found, revisions));
    const others = [
        read('health').then((health) => {
            state.health = health;
            if (health.now) hearTime(health.now);
            tell('health');
        }),
        readAll('responders', 'responders', 'after').then((found) => {
            state.responders = new Map(found.map((one) => [one.id, one]));
            tell('responders');
        }),
        readAll('notes', 'notes', 'before', 1).then((found) => {
            state.notes = found;
            tell('note');
        }),
        readAll('duty-checks', 'dutyChecks', 'before', 1).then((found) => {
            state.dutyChecks = found;
            const waiting = found.find((one) => one.state === 'open');
            tell('duty', waiting);
        }),
    ];
    state.homes.clear();
    const results = await Promise.allSettled([open, ...others]);
    state.loadFailures = results.filter((one) => one.status === 'rejected').length;
    state.openFailed = results[0].status === 'rejected';
    tell('link');
    if (state.openFailed && !state.hasEnded) setTimeout(reload, retryMilliseconds);
    tell('reloaded');
}

/** A home in full; read once until something in it changes. */
export async function homeOf(id) {
    const known = state.homes.get(id);
    if (known) return known;
    const found = await read(`homes/${encodeURIComponent(id)}`);
    const home = found.home || found;
    state.homes.set(id, home);
    state.residents.set(id, listed((home.residents || []).map((one) => one.name)));
    return home;
}

/** An incident as the gateway has it now, with its ETag. */
export async function incidentNow(id) {
    const {data, etag} = await ask('GET', `incidents/${id}`);
    takeIncident(data);
    return {incident: data, etag: etag || `"${data.revision}"`};
}
