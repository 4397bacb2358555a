// The elder's card: whom it is about, how to reach them, what whoever goes there must know.
import {personText} from './checklist.js';
import {h} from './dom.js';
import {icon} from './icons.js';
import {deviceFaults, homeSign, homeWord, presenceTag, tag} from './signs.js';
import {responderName} from './state.js';
import {ago, clock} from './time.js';
import {t, word} from './words.js';

/** A telephone number that dials. */
export function telephone(number) {
    if (!number) return null;
    return h('a', {
        class: 'telephone number',
        href: `tel:${String(number).replace(/[^\d+]/g, '')}`,
        data: {focus: `tel-${number}`}
    },
        icon('phone'), number);
}

function row(name, ...what) { return h('div', {class: 'row'}, h('dt', {}, name), h('dd', {}, what)); }

/** The card; while the home is not read yet, what the incident knows. */
export function elderCard(home, brief, {failure, isOwnPage = false} = {}) {
    if (!home) {
        return h('div', {class: 'elder'}, h('p', {class: 'elder-name'}, brief.name),
            h('p', {}, brief.address),
            failure ? h('p', {class: 'complaint'}, failure)
                    : h('p', {class: 'muted'}, t('app.loading')));
    }
    return h('div', {class: 'elder'}, (home.residents || []).map(person),
        h('p', {class: 'elder-address'}, home.address, ' ',
            h('span', {class: 'muted elder-home'}, `· ${home.name}`)),
        hazards(home.hazards || []), rows(home), isOwnPage ? null : homeLink(home));
}

function person(one) {
    const conditions = one.conditions || [];
    return h('div', {class: 'elder-person'}, h('p', {class: 'elder-name'}, one.name),
        telephone(one.telephone),
        conditions.length
            ? h('p', {class: 'elder-conditions'},
                conditions.map((one) => tag(word('condition', one), 'warn')))
            : null);
}

function hazards(texts) {
    if (!texts.length) return null;
    return h('div', {class: 'hazards'}, icon('warning'),
        h('div', {}, h('strong', {}, t('elder.hazards')),
            h('ul', {}, texts.map((text) => h('li', {}, text)))));
}

function rows(home) {
    const faults = (home.devices || []).filter((device) => deviceFaults(device).length).length;
    const numbered = (name, value) => (/^\d+$/.test(value || '') ? t(`elder.${name}`, {n: value}) : value);
    const place = [
        numbered('building', home.building), numbered('unit', home.unit),
        home.floor ? t('words.floor', {n: home.floor}) : ''
    ];
    return h('dl', {class: 'rows'},
        row(t('elder.key'), home.keyHolder
            ? h('span', {class: 'key-holder'}, icon('key'), ' ', personText(home.keyHolder))
            : h('span', {class: 'muted'}, t('elder.noKey'))),
        (home.contacts || []).map(contact),
        row(t('elder.state'), homeSign(home), homeWord(home)),
        row(t('elder.presence'), presenceTag(home.presence),
            home.presenceReason ? h('span', {class: 'muted small'}, home.presenceReason) : null),
        row(t('elder.lastSign'), lastSign(home.lastSignOfLife)),
        home.building ? row(t('elder.place'), place.filter(Boolean).join(' ')) : null,
        home.area ? row(t('elder.area'), home.area) : null,
        faults ? row(t('elder.devices'), tag(t('elder.deviceFaults', {n: faults}), 'bad')) : null);
}

function contact(one) {
    return row(word('role', one.role), h('span', {}, one.name || responderName(one.responder)), ' ',
        telephone(one.telephone));
}

function lastSign(at) {
    if (!at) return t('elder.noSign');
    return [h('span', {class: 'number'}, clock(at, {seconds: false})), ' ',
        h('span', {class: 'muted', data: {ago: at}}, ago(at))];
}

function homeLink(home) {
    return h('p', {}, h('a', {href: `#/home/${encodeURIComponent(home.id)}`, data: {focus: 'home'}},
        t('elder.more')));
}
