// Questions about an incident: how it ended, who takes it, what to write down.
import {close, handOver, writeNote} from './acts.js';
import {complaint, field, showDialog} from './dialogs.js';
import {h} from './dom.js';
import {state} from './state.js';
import {kindTitle, t, word} from './words.js';

/** The longest note, in characters: the gateway keeps 512 bytes. */
export const noteLimit = 160;

/** How an incident can end. */
export const dispositions = ['real', 'falseAlarm', 'test', 'technical', 'noContact'];

function about(incident) {
    return h('p', {class: 'about'}, h('strong', {}, kindTitle(incident.kind, incident.title)), ' · ',
        incident.home.name, ' ', h('span', {class: 'muted'}, incident.home.address));
}

/** Closing needs a word for what it was. */
export function askClose(incident) {
    const wrong = complaint();
    const note = h('textarea', {name: 'note', rows: 2, maxlength: noteLimit});
    const radios = dispositions.map(
        (name, index) => h('label', {class: 'choice'},
            h('input', {type: 'radio', name: 'disposition', value: name, autofocus: index === 0}),
            h('kbd', {'aria-hidden': 'true'}, String(index + 1)),
            h('span', {class: 'choice-name'}, word('disposition', name)),
            h('span', {class: 'muted small'}, t(`dispositionHint.${name}`))));
    const inputs = () => radios.map((one) => one.querySelector('input'));
    const active = incident.alarms.some((alarm) => alarm.isActive && alarm.urgency === 'lifeSafety');
    showDialog({
        title: t('close.title'),
        css: 'wide',
        body: [
            about(incident), active ? h('p', {class: 'warning'}, t('close.active')) : null,
            h('fieldset', {class: 'choices'}, h('legend', {}, t('close.what')), radios),
            field(t('close.note'), note), wrong
        ],
        keys: (event) => {
            if (event.target === note || !/^[1-5]$/.test(event.key)) return false;
            const input = inputs()[Number(event.key) - 1];
            input.checked = true;
            input.focus();
            return true;
        },
        acts: [{
            word: t('close.do'),
            kind: 'primary',
            isDefault: true,
            id: 'close-do',
            act: async () => {
                const chosen = inputs().find((one) => one.checked);
                if (!chosen) {
                    wrong.textContent = t('close.choose');
                    return true;
                }
                return !(await close(incident, chosen.value, note.value.trim()));
            }
        }],
    });
}

/** To whom the incident is given. */
export function askHandOver(incident) {
    const people = [...state.responders.values()].filter((one) => one.id !== incident.answeredBy);
    const rank = (one) => (one.onDuty === true           ? 0
                                  : one.onDuty === false ? 2
                                                         : 1) +
        ((one.areas || []).includes(incident.home.area) ? 0 : 3);
    people.sort((a, b) => rank(a) - rank(b));
    const choice = h('select', {name: 'to', size: Math.min(10, Math.max(4, people.length)), autofocus: true},
        people.map((one, index) => h('option', {value: one.id, selected: index === 0},
                       `${one.name} · ${word('role', one.role)}${
                           one.onDuty === true ? ` · ${t('duty.on')}`
                               : one.onDuty === false ? ` · ${t('duty.off')}`
                                                      : ''}`)));
    showDialog({
        title: t('handOver.title'),
        body: [
            about(incident),
            people.length ? field(t('handOver.to'), choice) : h('p', {}, t('handOver.nobody'))
        ],
        acts: people.length ? [{
            word: t('handOver.do'),
            kind: 'primary',
            isDefault: true,
            act: async () => !(choice.value && await handOver(incident, choice.value))
        }]
                            : [],
    });
}

/** A note for the timeline. */
export function askNote(incident) {
    const text = h('textarea', {name: 'text', rows: 4, maxlength: noteLimit, autofocus: true});
    showDialog({
        title: t('note.title'),
        body: [about(incident), field(t('note.text'), text)],
        acts: [{
            word: t('note.do'),
            kind: 'primary',
            isDefault: true,
            act: async () => !(text.value.trim() && await writeNote(incident, text.value.trim()))
        }],
    });
}
