// All homes: who lives there, how they are, when they were heard last.
import {calmly, h, paint} from './dom.js';
import {choices, pageHead, reader, readRestMilliseconds, table} from './lists.js';
import {addressEnd, colourPlate, homeSign, homeStates, homeStyle, homeWord, presenceTag, visitTag} from './signs.js';
import {listen} from './state.js';
import {clock} from './time.js';
import {readAll} from './wire.js';
import {listed, t, word} from './words.js';

const waitMilliseconds = 250;
const shownLimit = 300;

/** Shows the list of homes. */
export function showHomes(main) {
    let state = 'all';
    let homes = [];
    let timer = null;
    const list = h('div', {class: 'page-body'});
    const filter = h('div');
    const input = h('input', {
        type: 'search',
        class: 'page-search',
        placeholder: t('search.label'),
        'aria-label': t('search.label'),
        on: {
            input: () => {
                clearTimeout(timer);
                timer = setTimeout(again, waitMilliseconds);
            },
        }
    });
    const again = reader(list,
        () => {
            const text = input.value.trim();
            return readAll(
                `homes?limit=200${text ? `&search=${encodeURIComponent(text)}` : ''}`, 'homes', 'after');
        },
        (found) => {
            homes = found;
            return show();
        });
    const show = () => {
        const counts =
            new Map(homeStates.map((name) => [name, homes.filter((home) => home.state === name).length]));
        paint(filter,
            choices(t('homes.filter'),
                [
                    ['all', t('homes.all'), homes.length],
                    ...homeStates.filter((name) => counts.get(name))
                        .map((name) => [name, word('home', name), counts.get(name)])
                ],
                state, (name) => {
                    state = name;
                    paint(list, show());
                }));
        const own = homes.filter((home) => state === 'all' || home.state === state);
        own.sort((a, b) => homeStates.indexOf(a.state) - homeStates.indexOf(b.state) ||
                String(a.id).localeCompare(String(b.id), 'zh', {numeric: true}));
        return [
            table('homes',
                [
                    'homes.state', 'homes.resident', 'homes.home', 'homes.address', 'homes.telephone',
                    'homes.presence', 'homes.lastSign', 'homes.visit'
                ].map((name) => t(name)),
                own.slice(0, shownLimit).map(row), {text: t('homes.none'), label: t('page.homes')}),
            own.length > shownLimit ? h('p', {class: 'muted'}, t('homes.more', {n: own.length - shownLimit}))
                                    : null
        ];
    };
    paint(main, pageHead(t('page.homes'), input, filter), list);
    again();
    const later = calmly(again, readRestMilliseconds);
    const stop = listen('home', later);
    return () => {
        later.stop();
        stop();
    };
}

function row(home) {
    const residents = home.residents || [];
    return h('tr', {class: `row-${homeStyle(home)}`},
        h('td', {class: 'narrow'}, homeSign(home),
            h('span', {class: 'state-word'}, homeWord(home))),
        h('td', {},
            h('a', {href: `#/home/${encodeURIComponent(home.id)}`, data: {focus: `home-${home.id}`}},
                listed(residents.map((one) => one.name)) || home.name)),
        h('td', {class: 'cut'}, home.name), h('td', {class: 'cut'}, addressEnd(home.address)),
        h('td', {class: 'number'}, residents.map((one) => one.telephone).filter(Boolean).join(' ')),
        h('td', {}, presenceTag(home.presence)),
        h('td', {class: 'number'}, home.lastSignOfLife ? clock(home.lastSignOfLife, {seconds: false}) : '—'),
        h('td', {class: 'nowrap'},
            home.visit ? visitCell(home.visit) : '—'));
}

function visitCell(visit) {
    return [colourPlate(visit.colour, {isNarrow: true}), ' ', visitTag(visit, {isNarrow: true})];
}
