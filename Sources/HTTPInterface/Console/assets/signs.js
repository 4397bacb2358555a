// States as a sign with a letter and a word, never by colour alone.
import {h} from './dom.js';
import {homeUrgency, isInHand} from './state.js';
import {clock, date, isoDay, now} from './time.js';
import {t, word} from './words.js';

/** The states of a home, most pressing first. */
export const homeStates = ['alarm', 'unprotected', 'trouble', 'paused', 'notInService', 'calm'];

/** A home's state in words; of an alarm also whether somebody has it. */
export function homeWord(home) {
    const text = word('home', home.state);
    return home.state === 'alarm' && isInHand(home) ? `${text} · ${word('phase', 'acknowledged')}` : text;
}

/** The style of a home's state: an alarm has the colour of its urgency, and is outlined once somebody has it. */
export function homeStyle(home) {
    if (home.state !== 'alarm') return `state-${home.state}`;
    return `state-alarm urgency-${homeUrgency(home)}${isInHand(home) ? ' in-hand' : ''}`;
}

/** A home's state as one letter on its colour. */
export function homeSign(home) {
    return h('span', {
        class: `home-sign ${homeStyle(home)}`,
        title: homeWord(home),
        role: 'img',
        'aria-label': homeWord(home)
    },
        t(`homeLetter.${home.state}`));
}

/** A small word on a plate. */
export function tag(text, kind = '') { return h('span', {class: `tag ${kind}`}, text); }

/** Whether the resident is believed to be in. */
export function presenceTag(presence) {
    return tag(word('presence', presence || 'unknown'), presence === 'home' ? 'quiet' : '');
}

/** What is wrong with a device, in words; empty when nothing is. */
export function deviceFaults(device) {
    const faults = [];
    if (device.isLost) faults.push(['lost', 'bad']);
    if (device.isInFault) faults.push(['fault', 'bad']);
    if (device.isTampered) faults.push(['tampered', 'bad']);
    if (device.isBatteryLow) faults.push(['batteryLow', 'warn']);
    return faults;
}

/** A device's state as plates. */
export function deviceTags(device) {
    const faults = deviceFaults(device);
    if (faults.length) return faults.map(([name, kind]) => tag(t(`device.${name}`), kind));
    // What was never heard is not known to be well.
    return device.lastHeard ? [tag(t('device.well'), 'quiet')] : [tag(t('device.unheard'), 'warn')];
}

/** A reading in words: `开`, `36.5 ℃`. */
export function readingText(signal, value) {
    if (value === null || value === undefined) return '—';
    if (typeof value === 'boolean')
        return word('flag', `${signal}.${value}`) === `${signal}.${value}`
            ? t(value ? 'flag.on' : 'flag.off')
            : word('flag', `${signal}.${value}`);
    const units = {
        battery: '%',
        humidity: '%',
        gasLevel: '% LEL',
        carbonMonoxideLevel: 'ppm',
        heartRate: 'bpm',
        oxygenSaturation: '%',
        temperature: '℃',
        bodyTemperature: '℃'
    };
    if (Array.isArray(value)) return value.join(' / ');
    if (typeof value === 'number')
        return `${Math.round(value * 100) / 100}${units[signal] ? ` ${units[signal]}` : ''}`;
    return word('callKey', value);
}

/** A visit's colour as a plate with its word, in narrow places without how often it comes. */
export function colourPlate(colour, {isNarrow = false} = {}) {
    const text = word('colour', colour);
    return h('span', {class: `colour colour-${colour}`, title: text}, isNarrow ? text.split(' · ')[0] : text);
}

/** The state of a visit. */
export function visitTag(visit, {isNarrow = false} = {}) {
    if (!visit) return '';
    const isToday = visit.due && isoDay(Date.parse(visit.due)) <= isoDay(now());
    const kind = visit.state === 'overdue' ? 'bad' : visit.state !== 'due' ? 'quiet' : isToday ? 'warn' : '';
    const due = visit.due ? (isNarrow ? date(visit.due) : clock(visit.due, {seconds: false, day: 'always'})) : '';
    return tag([word('visit', visit.state), due].filter(Boolean).join(' '), kind);
}

/** An address in a narrow place: its end, which tells the home, stays in sight. */
export function addressEnd(address) {
    return h('span', {class: 'address-end', title: address}, h('bdi', {dir: 'ltr'}, address || ''));
}

/** A whole list that is empty. */
export function empty(text) { return h('p', {class: 'empty'}, text); }
