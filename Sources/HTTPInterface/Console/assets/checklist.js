// What to do, in the order of doing it; a tick is written into the timeline, so that every seat sees it.
import {writeNote} from './acts.js';
import {toast} from './dialogs.js';
import {h} from './dom.js';
import {icon} from './icons.js';
import {isOpen, may, responderName} from './state.js';
import {clock} from './time.js';
import {whatWasSaid} from './timeline.js';
import {kindTitle, listed, t, word} from './words.js';

const lists = {
    fire: ['call', 'out', '119', 'neighbours', 'power', 'go', 'confirm'],
    buildingFire: ['119', 'out', 'neighbours', 'call', 'power', 'go', 'confirm'],
    gas: ['call', 'noSwitch', 'window', 'valve', '119', 'gasFirm', 'go', 'confirm'],
    co: ['call', 'out', '120', 'window', 'valve', 'go', 'confirm'],
    sos: ['call', 'terminal', '120', 'key', 'go', 'confirm'],
    fall: ['call', 'still', '120', 'key', 'go', 'confirm'],
    medical: ['call', '120', 'medicine', 'key', 'go', 'confirm'],
    vitals: ['call', 'worn', '120', 'go', 'confirm'],
    inactivity: ['call', 'terminal', 'contacts', 'key', 'go', 'confirm'],
    areYouWell: ['call', 'terminal', 'contacts', 'go'],
    noCheckIn: ['call', 'contacts', 'go', 'confirm'],
    waterLeak: ['call', 'water', 'key', 'go'],
    wandering: ['call', 'contacts', 'police', 'go', 'confirm'],
    doorOpen: ['call', 'contacts', 'go'],
    doorNotOpened: ['call', 'contacts', 'go'],
    serviceCall: ['call', 'service', 'confirm'],
    homeUnprotected: ['technician', 'call', 'go', 'proof'],
    gatewayTrouble: ['technician', 'phones', 'proof'],
};
const others = ['call', 'go', 'confirm'];
const technical = ['technician', 'proof'];

/** The steps for a kind of alarm. */
export function stepsOf(incident) {
    return lists[incident.kind] || (incident.urgency === 'technical' ? technical : others);
}

const mark = (step) => `☑ [${step}]`;

function tickOf(incident, step) {
    return incident.timeline.find((entry) => (entry.detail || '').startsWith(mark(step)));
}

/** The list with its ticks. */
export function checklist(incident) {
    const canTick = isOpen(incident) && may('dispatch');
    const steps = stepsOf(incident);
    const isDone = (step) => tickOf(incident, step) !== undefined;
    const next = steps.find((step) => !isDone(step));
    return h('ol', {class: 'checklist'}, steps.map((step, index) => {
        const tick = tickOf(incident, step);
        const text = t(`check.${step}`);
        return h('li', {class: tick ? 'done'
                : step === next     ? 'next'
                                    : ''},
            h('button', {
                type: 'button',
                role: 'checkbox',
                'aria-checked': String(Boolean(tick)),
                disabled: !canTick && !tick,
                data: {focus: `check-${step}`},
                'aria-disabled': tick ? 'true' : undefined,
                on: {
                    click: () => {
                        if (canTick && !tick) writeNote(incident, `${mark(step)} ${text}`, null);
                    }
                },
            },
                h('span', {class: 'box'},
                    tick ? icon('check') : h('span', {class: 'number'}, String(index + 1))),
                h('span', {class: 'check-text'}, text),
                tick ? h('span', {class: 'muted small number'},
                           `${clock(tick.at, {seconds: false})} ${responderName(tick.responder)}`)
                     : null));
    }));
}

function placeText(incident, home) {
    const address = incident.home.address || incident.home.name;
    return home && home.floor && !/[楼层]/.test(address) ? `${address} ${t('words.floor', {n: home.floor})}`
                                                           : address;
}

function wordsFor(incident, home) {
    const residents = (home && home.residents) || [];
    const line = (name, value) => (value ? `${t(`words.${name}`)}${value}` : null);
    const conditions = residents.flatMap((one) => one.conditions || []);
    return [
        t('words.opening', {kind: kindTitle(incident.kind, incident.title)}),
        line('address', placeText(incident, home)),
        line('people',
            listed(residents.map((one) => `${one.name}${one.telephone ? ` (${one.telephone})` : ''}`)) ||
                incident.home.name),
        line('conditions', listed(conditions.map((one) => word('condition', one)))),
        line('hazards', home && listed(home.hazards || [])),
        line('since', clock(incident.openedAt)),
        line('evidence', listed(incident.alarms.flatMap((alarm) => [
            alarm.message || kindTitle(alarm.kind), ...whatWasSaid(alarm, {isNamed: false})]))),
        line('key', home && home.keyHolder ? personText(home.keyHolder) : ''),
        incident.answeredBy ? line('answered', responderName(incident.answeredBy)) : null,
    ].filter(Boolean);
}

/** A person as one line: name and telephone, whatever shape the gateway gives. */
export function personText(person) {
    if (typeof person === 'string') return responderName(person);
    return [person.name || responderName(person.responder), person.telephone].filter(Boolean).join(' ');
}

/** What to tell 119 or 120, ready to be read aloud or copied. */
export function handOverWords(incident, home) {
    const lines = wordsFor(incident, home);
    const text = h('div', {class: 'spoken', tabindex: '0', data: {focus: 'spoken'}},
        lines.map((line) => h('p', {}, line)));
    const copy = async () => {
        const whole = lines.join('\n');
        try {
            await navigator.clipboard.writeText(whole);
            toast(t('words.copied'));
        } catch (error) {
            // Without TLS the clipboard is closed: the text is marked, ready for Ctrl+C.
            window.getSelection().selectAllChildren(text);
            toast(t('words.marked'));
        }
    };
    return [
        h('h2', {}, t('words.title'), h('span', {class: 'spring'}),
            h('a', {class: 'button small', href: 'tel:119', data: {focus: '119'}}, '119'),
            h('a', {class: 'button small', href: 'tel:120', data: {focus: '120'}}, '120'),
            h('button', {type: 'button', class: 'button small', data: {focus: 'copy'}, on: {click: copy}},
                t('words.copy'))),
        text
    ];
}
