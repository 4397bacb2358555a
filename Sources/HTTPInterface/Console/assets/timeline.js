// What happened to an incident, what devices said, who was called and what came of it.
import {h} from './dom.js';
import {readingText, tag} from './signs.js';
import {responderName, state} from './state.js';
import {clock} from './time.js';
import {kindTitle, listed, t, word} from './words.js';

const channelOf = (detail) => {
    const found = / over (\S+)/.exec(detail || '');
    return found ? found[1] : '';
};
const purposeOf = (detail) => {
    const found = /^(\w+) over /.exec(detail || '');
    return found ? found[1] : '';
};

/** The gateway's detail of an entry in the language of the seat. */
export function detailText(entry) {
    const detail = entry.detail || '';
    const step = /^step (\d+)(?: of (\d+))?(?:: (.*))?(.*)$/.exec(detail);
    if (step)
        return [
            t(step[2] ? 'detail.step' : 'detail.stepOnly', {step: step[1], steps: step[2]}),
            step[3] ? word('detail', step[3].replace(/ /g, '_')) : '', step[4]
        ].filter(Boolean)
            .join(' ');
    const over = /^(\w+) over (\S+)(.*)$/.exec(detail);
    if (over) return `${word('purpose', over[1])} · ${word('channel', over[2])}${over[3]}`;
    const by = /^(\w+) by (\S+)(.*)$/.exec(detail);
    if (by) return `${kindTitle(by[1])} · ${ruleText(by[2])}${by[3]}`;
    if (entry.event === 'closed') return word('disposition', detail);
    if (entry.event === 'orderWaits') return word('purpose', detail);
    if (entry.event === 'handOverAsked')
        return t('detail.to', {who: responderName(detail.replace(/^to /, ''))});
    const known = word('detail', detail.replace(/ /g, '_'));
    if (known !== detail.replace(/ /g, '_')) return known;
    const tick = /^☑ \[\w+\] (.*)$/s.exec(detail);
    return tick ? `✓ ${tick[1]}` : detail;
}

const tones = {
    opened: 'bad',
    alarmRaised: 'bad',
    alarmRaisedAgain: 'bad',
    stepFailed: 'bad',
    deliveryFailed: 'bad',
    acknowledgementStale: 'bad',
    helpRequested: 'warn',
    closingOverdue: 'warn',
    acknowledged: 'good',
    onScene: 'good',
    delivered: 'good',
    closed: 'good'
};

/** The timeline, newest first. */
export function timelineList(incident) {
    const entries = [...incident.timeline].reverse();
    return h('ol', {
        class: 'timeline',
        tabindex: '0',
        'aria-label': t('timeline.title'),
        data: {scroll: 'timeline', focus: 'timeline'}
    },
        entries.map((entry) => h('li', {class: tones[entry.event] || ''},
                        h('time', {class: 'number'}, clock(entry.at)),
                        h('span', {class: 'timeline-what'}, h('strong', {}, word('event', entry.event)),
                            entry.responder ? ` ${responderName(entry.responder)}` : '',
                            entry.detail ? h('span', {class: 'timeline-detail'}, detailText(entry)) : null))),
        incident.droppedEntries
            ? h('li', {class: 'muted'}, t('timeline.dropped', {n: incident.droppedEntries}))
            : null);
}

function isSaid(evidence) { return !evidence.device && !evidence.signal && Boolean(evidence.payload); }

/** The words of whoever opened an alarm by hand, with that person's name. */
export function whatWasSaid(alarm, {isNamed = true} = {}) {
    return (alarm.evidence || []).filter(isSaid).map((one) => {
        const [, id, said] = /^([^:]*): ([^]*)$/.exec(one.payload) || [null, '', one.payload];
        return id && isNamed ? t('words.says', {who: responderName(id), said}) : said;
    });
}

function ruleText(rule) { return String(rule).startsWith('byHand/') ? t('alarm.byHand') : rule; }

/** The alarms with what devices said. */
export function alarmList(incident) {
    return h('div', {class: 'alarms'},
        incident.alarms.map(
            (alarm) => h('details', {open: incident.alarms.length < 3},
                h('summary', {data: {focus: `alarm-${alarm.id}`}}, h('strong', {}, kindTitle(alarm.kind)),
                    ' ',
                    tag(t(alarm.isActive ? 'alarm.active' : 'alarm.restored'), alarm.isActive ? 'bad' : ''),
                    ' ',
                    h('span', {class: 'muted small number'},
                        `${clock(alarm.raisedAt)} · ${ruleText(alarm.rule)}`)),
                alarm.message ? h('p', {}, alarm.message) : null,
                whatWasSaid(alarm).map((text) => h('p', {class: 'spoken'}, text)),
                (alarm.evidence || []).every(isSaid) ? null : h('table', {class: 'table tight'},
                    h('thead', {}, h('tr', {}, ['evidence.at', 'evidence.device',
                        'evidence.reading'].map((name) => h('th', {scope: 'col'}, t(name))))),
                    h('tbody', {},
                        (alarm.evidence || []).filter((one) => !isSaid(one))
                            .map((one) => h('tr', {}, h('td', {class: 'number'}, clock(one.at)),
                                     h('td', {}, one.device,
                                         one.place ? h('span', {class: 'muted'}, ` ${one.place}`) : null),
                                     h('td', {title: one.payload || ''},
                                         one.signal ? `${word('signal', one.signal)} ${
                                                          readingText(one.signal, one.reading)}`
                                                    : '—',
                                         ' ',
                                         one.quality && one.quality !== 'live'
                                             ? tag(word('quality', one.quality), 'warn')
                                             : null))))))));
}

/** Who was called over what, and whether it arrived and was answered. */
export function called(incident) {
    const people = new Map();
    const of = (id) => {
        if (!people.has(id))
            people.set(id, {id, calls: 0, last: null, channels: new Set(), result: 'waiting', detail: ''});
        return people.get(id);
    };
    for (const id of incident.notified) of(id);
    for (const entry of incident.timeline) {
        if (!entry.responder) continue;
        if (entry.event === 'ordered') {
            const one = of(entry.responder);
            one.calls += 1;
            one.last = entry.at;
            one.channels.add(channelOf(entry.detail));
            if (one.result !== 'answered' && purposeOf(entry.detail) !== 'takenOver') one.result = 'waiting';
        } else if (people.has(entry.responder)) {
            const results = {
                delivered: 'delivered',
                deliveryFailed: 'failed',
                acknowledged: 'answered',
                onScene: 'arrived',
                acknowledgementStale: 'stale',
                helpRequested: 'help'
            };
            const result = results[entry.event];
            if (!result) continue;
            const one = of(entry.responder);
            if (!(result === 'delivered' && /answered|arrived/.test(one.result))) one.result = result;
            one.last = entry.at;
            if (result === 'failed') one.detail = entry.detail || '';
        }
    }
    return [...people.values()];
}

const resultTone = {
    failed: 'bad',
    stale: 'bad',
    answered: 'good',
    arrived: 'good',
    delivered: '',
    waiting: 'warn',
    help: 'warn'
};

/** A table of everybody who was called. */
export function calledTable(incident) {
    const people = called(incident);
    if (!people.length) return h('p', {class: 'empty'}, t('called.nobody'));
    return h('table', {class: 'table tight'},
        h('thead',
            {class: 'unseen'}, h('tr', {}, ['called.who', 'called.over', 'called.result',
                'evidence.at'].map((name) => h('th', {scope: 'col'}, t(name))))),
        h('tbody', {}, people.map((one) => {
            const person = state.responders.get(one.id);
            return h('tr', {},
                h('td', {title: person ? word('role', person.role) : ''}, responderName(one.id)),
                h('td', {class: 'muted'},
                    listed([...one.channels].filter(Boolean).map((name) => word('channel', name))),
                    one.calls > 1 ? ` ×${one.calls}` : ''),
                h('td', {title: one.detail}, tag(t(`called.${one.result}`), resultTone[one.result])),
                h('td', {class: 'muted small number nowrap'}, one.last ? clock(one.last) : ''));
        })));
}
