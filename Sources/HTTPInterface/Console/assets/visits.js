// Visits by colour: due, overdue, done; recorded with one click.
import {order} from './acts.js';
import {complaint, field, showDialog, toast} from './dialogs.js';
import {button, calmly, h, paint} from './dom.js';
import {telephone} from './eldercard.js';
import {choices, pageHead, reader, readRestMilliseconds, table} from './lists.js';
import {noteLimit} from './questions.js';
import {addressEnd, colourPlate, visitTag} from './signs.js';
import {listen, may, responderName} from './state.js';
import {clock} from './time.js';
import {readAll} from './wire.js';
import {t, word} from './words.js';

const ways = ['door', 'responder', 'phone'];
const results = ['well', 'needsHelp', 'notMet'];
const order5 = ['red', 'orange', 'yellow', 'blue', 'green'];

/** Shows the visits. */
export function showVisits(main) {
    let wish = 'open';
    let colour = 'all';
    let visits = [];
    const place = h('div', {class: 'page-body'});
    const filter = h('div', {class: 'filters'});
    const again = reader(place, () => readAll('visits?state=all', 'visits', 'after'), (found) => {
        visits = found;
        return show();
    });
    const redo = () => {
        paint(place, show());
    };
    const show = () => {
        const colours = [...new Set(visits.map((one) => one.colour))].sort(
            (a, b) => order5.indexOf(a) - order5.indexOf(b));
        const counts = {overdue: 0, due: 0, done: 0};
        for (const one of visits) counts[one.state] = (counts[one.state] || 0) + 1;
        paint(filter,
            choices(t('visits.filter'),
                [
                    ['open', t('visits.open'), counts.overdue + counts.due],
                    ['overdue', word('visit', 'overdue'), counts.overdue],
                    ['done', t('visits.notDue'), counts.done], ['all', t('homes.all'), visits.length]
                ],
                wish,
                (name) => {
                    wish = name;
                    redo();
                }),
            choices(t('visits.colour'),
                [['all', t('homes.all')], ...colours.map((name) => [name, word('colour', name)])], colour,
                (name) => {
                    colour = name;
                    redo();
                }));
        const own = visits.filter((one) => (colour === 'all' || one.colour === colour) &&
                (wish === 'all' || one.state === wish ||
                    (wish === 'open' && (one.state === 'overdue' || one.state === 'due'))));
        own.sort((a, b) => Date.parse(a.due) - Date.parse(b.due));
        return [
            summary(colours),
            table('visits',
                [
                    'visits.state', 'visits.colourHead', 'visits.whom', 'visits.address', 'visits.last',
                    'visits.why', 'visits.act'
                ].map((name) => t(name)),
                own.map(row), {text: t('visits.none'), label: t('page.visits')})
        ];
    };
    const summary = (colours) => h('ul', {class: 'figures'}, colours.map((name) => {
        const own = visits.filter((one) => one.colour === name);
        const count = (state) => own.filter((one) => one.state === state).length;
        const overdue = count('overdue');
        return h('li', {class: 'figure'}, colourPlate(name),
            h('span', {class: 'figure-number number'}, String(overdue + count('due')),
                h('span', {class: 'figure-of'}, t('visits.openOf', {n: own.length}))),
            h('span', {class: overdue ? 'bad-word' : 'muted'}, t('visits.overdueCount', {n: overdue})));
    }));
    const row = (visit) => visitRow(visit, again);
    paint(main, pageHead(t('page.visits'), filter), place);
    again();
    const later = calmly(again, readRestMilliseconds);
    const stop = listen('visit', later);
    return () => {
        later.stop();
        stop();
    };
}

function visitRow(visit, again) {
    const home = visit.home;
    const link = h('a', {href: `#/home/${encodeURIComponent(home.id)}`, data: {focus: `visit-${home.id}`}},
        home.name);
    return h('tr', {}, h('td', {class: 'nowrap'}, visitTag(visit)),
        h('td', {}, colourPlate(visit.colour, {isNarrow: true})),
        h('td', {class: 'nowrap'}, link), h('td', {class: 'cut'}, addressEnd(home.address)),
        h('td', {class: 'nowrap'}, lastVisit(visit.lastVisit)),
        h('td', {class: 'muted nowrap'}, word('visitReason', visit.reason)),
        h('td', {class: 'nowrap'}, may('dispatch') ? recordButtons(visit, again) : ''));
}

function lastVisit(last) {
    if (!last) return t('visits.never');
    const words = [word('way', last.way), word('result', last.result), responderName(last.by)];
    return [h('span', {class: 'number'}, clock(last.at, {seconds: false, day: 'always'})),
        h('span', {class: 'muted small'}, ` ${words.join(' · ')}`)];
}

function recordButtons(visit, again) {
    const home = visit.home;
    const well = () => record(home, {way: 'phone', result: 'well'}, again);
    return [
        button(t('visits.phoneWell'), well,
            {kind: 'small', focus: `well-${home.id}`, label: t('visits.phoneWellOf', {home: home.name})}),
        ' ',
        button(t('visits.more'), () => askVisit(visit, again),
            {kind: 'small quiet', focus: `more-${home.id}`}),
    ];
}

async function record(home, body, again) {
    const made = await order('POST', `homes/${encodeURIComponent(home.id)}/visits`, body);
    if (made) toast(t('visits.recorded', {home: home.name, result: word('result', body.result)}));
    if (made && again) again();
    return made;
}

/** Asks how the elder was. */
export function askVisit(visit, again) {
    const home = visit.home;
    const radio = (name, values, family, first) =>
        h('fieldset', {class: 'choices inline'}, h('legend', {}, t(`visit.${name}`)),
            values.map((value) => h('label', {class: 'choice'},
                           h('input', {type: 'radio', name, value, checked: value === first}),
                           h('span', {}, word(family, value)))));
    const way = radio('way', ways, 'way', 'door');
    const result = radio('result', results, 'result', 'well');
    const note = h('textarea', {rows: 2, maxlength: noteLimit});
    const wrong = complaint();
    const valueOf = (set) => set.querySelector('input:checked').value;
    showDialog({
        title: t('visit.title'),
        body: [
            h('p', {}, h('strong', {}, home.name), ' ', h('span', {class: 'muted'}, home.address), ' ',
                (home.residents || []).map((one) => telephone(one.telephone))),
            way, result, field(t('visit.note'), note), wrong
        ],
        acts: [{
            word: t('visit.record'),
            kind: 'primary',
            isDefault: true,
            act: async () => {
                const text = note.value.trim();
                const body = {way: valueOf(way), result: valueOf(result)};
                return !(await record(home, text ? {...body, note: text} : body, again));
            }
        }],
    });
}
