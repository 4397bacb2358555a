// One home: the elder's card, devices, walk test, shelving, visits, incidents of late.
import {order} from './acts.js';
import {openByHand} from './byhand.js';
import {deviceTable} from './devices.js';
import {complaint, field, showDialog} from './dialogs.js';
import {button, h, paint} from './dom.js';
import {elderCard} from './eldercard.js';
import {homeOf} from './feed.js';
import {navigateTo} from './frame.js';
import {pageHead, reader} from './lists.js';
import {colourPlate, empty, homeSign, homeWord, visitTag} from './signs.js';
import {listen, may, responderName, state} from './state.js';
import {clock} from './time.js';
import {askVisit} from './visits.js';
import {readAll} from './wire.js';
import {kindTitle, listed, t, word} from './words.js';

/** The longest a walk test may last, in minutes. */
export const walkTestLimitMinutes = 30;
/** Kinds that can be shelved: never a matter of life. */
export const kindsShelved = [
    'inactivity', 'areYouWell', 'noCheckIn', 'doorOpen', 'doorNotOpened', 'wandering', 'vitals',
    'wristbandOff', 'waterLeak', 'serviceCall', 'deviceLost', 'batteryLow', 'deviceFault', 'tamper',
    'chatter', 'sensorConflict'
];

/** Shows a home and answers what ends it. */
export function showHome(main, id) {
    const place = h('div', {class: 'page-body'});
    paint(main, place);
    const again = reader(place, async () => {
        const home = await homeOf(id);
        const incidents = await readAll(`incidents?state=all&limit=10&home=${encodeURIComponent(id)}`,
            'incidents', 'before',
            1).catch(() => []);
        return {home, incidents};
    }, ({home, incidents}) => show(home, incidents, refresh));
    const refresh = () => {
        state.homes.delete(id);
        return again();
    };
    refresh();
    const stops = [
        listen('home',
            (change) => {
                if (change.id === id) refresh();
            }),
        listen('visit',
            (change) => {
                if (change.home === id) refresh();
            }),
        listen('back', () => navigateTo('homes')),
        listen('incident',
            ({incident}) => {
                if (incident.home.id === id) again();
            }),
    ];
    return () => {
        for (const stop of stops) stop();
    };
}

function show(home, incidents, refresh) {
    return [
        pageHead([homeSign(home), ' ', home.name],
            h('span', {class: 'muted'}, homeWord(home)), h('span', {class: 'spring'}),
            may('dispatch') ? button(t('byhand.open'), () => openByHand(home), {focus: 'byhand'}) : null),
        h('div', {class: 'home'},
            h('section', {class: 'panel'}, h('h2', {}, t('elder.title')),
                elderCard(home, home, {isOwnPage: true})),
            h('div', {class: 'home-middle'},
                h('section', {class: 'panel'},
                    h('h2', {}, t('home.devices'),
                        h('span', {class: 'count number'}, ` ${(home.devices || []).length}`)),
                    deviceTable(home.devices || [], {withHome: false})),
                h('section', {class: 'panel'}, h('h2', {}, t('home.incidents')), incidentTable(incidents))),
            h('div', {class: 'home-side'}, visitPanel(home, refresh), walkPanel(home, refresh),
                shelfPanel(home, refresh))),
    ];
}

function incidentTable(incidents) {
    if (!incidents.length) return empty(t('home.noIncidents'));
    return h('table', {class: 'table tight', 'aria-label': t('home.incidents')},
        h('tbody', {},
            incidents.map(
                (one) => h('tr', {}, h('td', {class: 'number'}, clock(one.openedAt, {seconds: false})),
                    h('td', {},
                        h('a', {href: `#/incident/${one.id}`, data: {focus: `incident-${one.id}`}},
                            kindTitle(one.kind, one.title))),
                    h('td', {}, word('phase', one.phase)),
                    h('td', {}, one.disposition ? word('disposition', one.disposition) : ''),
                    h('td', {class: 'muted'}, responderName(one.answeredBy))))));
}

function visitPanel(home, refresh) {
    const visit = home.visit;
    return h('section', {class: 'panel'}, h('h2', {}, t('home.visit')),
        visit ? h('p', {class: 'tags'}, colourPlate(visit.colour), visitTag(visit)) : empty(t('home.noVisit')),
        may('dispatch')
            ? button(t('visit.record'), () => askVisit({home, ...(visit || {})}, refresh), {focus: 'visit'})
            : null);
}

function walkPanel(home, refresh) {
    const running = home.walkTest;
    const minutes = h('input', {
        type: 'number',
        min: 1,
        max: walkTestLimitMinutes,
        value: '15',
        class: 'short',
        'aria-label': t('walk.minutes')
    });
    const begin = async () => {
        const wish = Math.min(walkTestLimitMinutes, Math.max(1, Number(minutes.value) || 15));
        await order('POST', `homes/${encodeURIComponent(home.id)}/walk-test`, {minutes: wish},
            t('walk.begun', {n: wish}));
        refresh();
    };
    const end = async () => {
        await order('DELETE', `homes/${encodeURIComponent(home.id)}/walk-test`, undefined, t('walk.ended'));
        refresh();
    };
    return h('section', { class: 'panel' }, h('h2', {}, t('walk.title')),
        running ? runningTest(running, end) : [
            h('p', {class: 'muted small'}, t('walk.about', {n: walkTestLimitMinutes})),
            may('technical')
                ? h('div', {class: 'inline wraps'}, minutes, h('span', {}, t('walk.minutes')),
                    button(t('walk.begin'), begin, {focus: 'walk'}))
                : null,
        ],
        home.lastWalkTest ? walkResult(home, home.lastWalkTest, Boolean(running)) : null);
}

function runningTest(running, end) {
    return [
        h('p', {class: 'warning'}, t('walk.running', {time: clock(running.until)}), ' ',
            h('span', {class: 'number', data: {deadline: running.until}})),
        may('technical') ? button(t('walk.end'), end, {focus: 'walk'}) : null,
    ];
}

/** What a walk test heard, and which devices it did not. */
function walkResult(home, test, isRunning) {
    const heard = new Set((test.tested || []).map((one) => one.device));
    const missing = (home.devices || []).filter((one) => one.kind === 'sensor' && !heard.has(one.id));
    return h('div', {class: 'walk-result'},
        h('p', {class: 'muted small'},
            t(isRunning ? 'walk.since' : 'walk.last', {time: clock(test.startedAt, {seconds: false})})),
        h('p', {}, t('walk.heard', {n: heard.size})),
        h('ul', {class: 'small'}, (test.tested || []).map((one) => h('li', {},
            h('span', {class: 'number'}, clock(one.at, {seconds: false})),
            ` ${placeOf(home, one.device)} · ${kindTitle(one.alarmKind)}`))),
        missing.length
            ? h('p', {class: isRunning ? 'muted' : 'warning'},
                t(isRunning ? 'walk.owing' : 'walk.missing',
                    {devices: listed(missing.map((one) => placeOf(home, one.id)))}))
            : null);
}

function placeOf(home, id) {
    const found = (home.devices || []).find((one) => one.id === id);
    return found ? `${found.place || ''} ${found.id}`.trim() : id || '—';
}

function shelfPanel(home, refresh) {
    const shelved = home.shelved || [];
    const lift = async (kind) => {
        await order('DELETE', `homes/${encodeURIComponent(home.id)}/shelves/${encodeURIComponent(kind)}`,
            undefined, t('shelf.lifted'));
        refresh();
    };
    return h('section', {class: 'panel'}, h('h2', {}, t('shelf.title')),
        shelved.length ? h('ul', {class: 'shelved'}, shelved.map((one) => shelfRow(one, lift)))
                       : empty(t('shelf.none')),
        h('p', {class: 'muted small'}, t('shelf.about')),
        may('technical') ? button(t('shelf.add'), () => askShelf(home, refresh), {focus: 'shelf'}) : null);
}

function shelfRow(one, lift) {
    const until = t('shelf.until', {time: clock(one.until, {seconds: false})});
    const lifting = {kind: 'small', focus: `shelf-${one.alarmKind}`};
    return h('li', {},
        h('div', {}, h('strong', {}, kindTitle(one.alarmKind)), ' ', h('span', {class: 'number'}, until)),
        h('div', {class: 'muted small'}, `${one.reason} · ${responderName(one.by)}`),
        one.withheld ? h('div', {class: 'small'}, t('shelf.withheld', {n: one.withheld})) : null,
        may('technical') ? button(t('shelf.lift'), () => lift(one.alarmKind), lifting) : null);
}

function askShelf(home, refresh) {
    const kind = h(
        'select', {autofocus: true}, kindsShelved.map((name) => h('option', {value: name}, kindTitle(name))));
    const minutes = h('select', {},
        [30, 60, 120, 240, 480, 720].map(
            (count) => h('option', {value: String(count), selected: count === 60},
                count < 60 ? t('span.minutes', {n: count}) : t('span.hours', {n: count / 60}))));
    const reason = h('input', {maxlength: 160});
    const wrong = complaint();
    showDialog({
        title: t('shelf.add'),
        body: [
            h('p', {}, h('strong', {}, home.name)), field(t('shelf.kind'), kind),
            field(t('shelf.minutes'), minutes), field(t('shelf.reason'), reason), wrong
        ],
        acts: [{
            word: t('shelf.do'),
            kind: 'primary',
            isDefault: true,
            act: async () => {
                if (!reason.value.trim()) {
                    wrong.textContent = t('shelf.noReason');
                    return true;
                }
                const made = await order('POST', `homes/${encodeURIComponent(home.id)}/shelves`,
                    {alarmKind: kind.value, minutes: Number(minutes.value), reason: reason.value.trim()},
                    t('shelf.done'));
                if (made) refresh();
                return !made;
            }
        }],
    });
}
