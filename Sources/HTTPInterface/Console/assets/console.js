// Where the console begins: a session, the stream of events, a frame, and the page that the address names.
import {showAudit} from './audit.js';
import {showBoard} from './board.js';
import {showDevices} from './devices.js';
import {placeToasts} from './dialogs.js';
import {calmly, h, paint} from './dom.js';
import {startDuty} from './duty.js';
import {startFeed, stopFeed} from './feed.js';
import {buildFrame, isWall, navigateTo} from './frame.js';
import {showHome} from './home.js';
import {showHomes} from './homes.js';
import {showIncident} from './incident.js';
import {startKeys} from './keys.js';
import {showLogin} from './login.js';
import {showPlan} from './plan.js';
import {showReports} from './reports.js';
import {showShift} from './shift.js';
import {startSound} from './sound.js';
import {isWaiting, listen, openIncidents, state, tell} from './state.js';
import {startTicking, tickNow} from './time.js';
import {showVisits} from './visits.js';
import {onWire, read, setCSRF} from './wire.js';
import {isLanguageChosen, kindTitle, setLanguage, t} from './words.js';

const pages = {
    board: showBoard,
    incident: showIncident,
    homes: showHomes,
    home: showHome,
    plan: showPlan,
    visits: showVisits,
    devices: showDevices,
    shift: showShift,
    reports: showReports,
    audit: showAudit,
};

const root = document.getElementById('console');
let leave = () => {};

/** The page and its subject as the address says. */
export function place() {
    const parts = window.location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
    const name = pages[parts[0]] && !isWall() ? parts[0] : 'board';
    return {name, subject: parts[1]};
}

function show() {
    leave();
    leave = () => {};
    if (!state.session) {
        showLogin(root, begin);
        placeToasts();
        return;
    }
    const {name, subject} = place();
    const main = buildFrame(root, name, subject);
    const end = pages[name](main, subject);
    leave = typeof end === 'function' ? end : () => {};
    document.body.dataset.page = name;
    if (document.activeElement === document.body) main.focus({preventScroll: true});
    setTitle();
    tickNow();
}

function setTitle() {
    const waiting = openIncidents().filter(isWaiting);
    const first = waiting[0];
    const name = t('app.name');
    document.title = first
        ? `(${waiting.length}) ${kindTitle(first.kind, first.title)} ${first.home.name} · ${name}`
        : name;
}

function begin(session) {
    state.session = session;
    const isComingBack = state.hasEnded;
    state.hasEnded = false;
    setCSRF(session.csrf);
    if (!isLanguageChosen()) setLanguage(session.language, {keep: false});
    if (!isComingBack) state.isLoaded = false;
    startFeed();
    show();
}

/** Ends the session of this seat. */
export function forgetSession() {
    stopFeed();
    state.session = null;
    state.incidents.clear();
    state.slots.clear();
    state.homes.clear();
    state.residents.clear();
    state.isLoaded = false;
    state.hasEnded = false;
    show();
}

onWire({
    ended() {
        if (!state.session || state.hasEnded) return;
        state.hasEnded = true;
        tell('link');
    },
    unavailable() {
        state.isStoreDown = true;
        tell('link');
    },
    answered() {
        if (!state.isStoreDown) return;
        state.isStoreDown = false;
        tell('link');
    },
});

async function start() {
    startTicking();
    startSound();
    startKeys();
    startDuty();
    window.addEventListener('hashchange', show);
    window.addEventListener('unhandledrejection', (event) => {
        tell('fault', event.reason);
    });
    window.addEventListener('error', (event) => {
        tell('fault', event.error);
    });
    listen('language', show);
    listen('session', begin);
    listen('leave', forgetSession);
    listen('go', navigateTo);
    const retitle = calmly(setTitle);
    listen('incident', retitle);
    listen('loaded', retitle);
    paint(root, h('p', {class: 'starting'}, t('app.starting')));
    for (;;) {
        try {
            begin(await read('session', {isQuiet: true}));
            return;
        } catch (refusal) {
            if (refusal.status === 401) break;
            paint(root, h('p', {class: 'starting', role: 'alert'}, t('app.unreachable')));
            await new Promise((done) => {
                setTimeout(done, 2000);
            });
        }
    }
    show();
}

start();
