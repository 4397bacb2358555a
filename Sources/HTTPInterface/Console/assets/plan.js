// Buildings as they stand: units side by side, floors one above the other, each home with its letter.
import {calmly, h, paint} from './dom.js';
import {choices, pageHead, reader, readRestMilliseconds} from './lists.js';
import {empty, homeSign, homeStates} from './signs.js';
import {listen} from './state.js';
import {readAll} from './wire.js';
import {t, word} from './words.js';

const floorNumber = (floor) => {
    const found = /-?\d+/.exec(String(floor));
    return found ? Number(found[0]) : 0;
};
const compare = (a, b) => String(a).localeCompare(String(b), 'zh', {numeric: true});

/** Shows the buildings. */
export function showPlan(main) {
    let area = 'all';
    const place = h('div', {class: 'page-body plans'});
    const filter = h('div');
    let homes = [];
    const again = reader(place, () => readAll('homes?limit=200', 'homes', 'after'), (found) => {
        homes = found;
        return show();
    });
    const show = () => {
        const areas = [...new Set(homes.map((home) => home.area).filter(Boolean))].sort(compare);
        paint(filter,
            areas.length > 1 ? choices(t('plan.area'),
                                   [['all', t('homes.all')], ...areas.map((name) => [name, name])], area,
                                   (name) => {
                                       area = name;
                                       paint(place, show());
                                   })
                             : null);
        const own = homes.filter((home) => area === 'all' || home.area === area);
        const buildings = new Map();
        for (const home of own) {
            const name = home.building || '';
            if (!buildings.has(name)) buildings.set(name, []);
            buildings.get(name).push(home);
        }
        if (!own.length) return empty(t('homes.none'));
        return [...buildings.keys()].sort(compare).map((name) => building(name, buildings.get(name)));
    };
    paint(main, pageHead(t('page.plan'), filter, h('span', {class: 'spring'}), legend()), place);
    again();
    const later = calmly(again, readRestMilliseconds);
    const stops = [later.stop, listen('home', later), listen('incident', later), listen('reloaded', later)];
    return () => {
        for (const stop of stops) stop();
    };
}

function legend() {
    return h(
        'ul', {class: 'legend'}, homeStates.map((name) => h('li', {}, homeSign(name), word('home', name))));
}

/** A bare number gets its word: `3` is building 3. */
function numbered(part, name) {
    return /^\d+$/.test(name || '') ? t(`elder.${part}`, {n: name}) : name;
}

function building(name, homes) {
    const units = [...new Set(homes.map((home) => home.unit || ''))].sort(compare);
    const floors = [...new Set(homes.map((home) => floorNumber(home.floor)))].sort((a, b) => b - a);
    const bad = homes.filter((home) => home.state === 'alarm').length;
    return h('section', {class: `building ${bad ? 'has-alarm' : ''}`},
        h('h2', {}, numbered('building', name) || t('plan.noBuilding'), h('span', {class: 'muted number'}, ` ${homes.length}`)),
        h('table', {class: 'floors'}, h('caption', {class: 'unseen'}, name),
            h('thead', {},
                h('tr', {}, h('th', {}, h('span', {class: 'unseen'}, t('plan.floor'))),
                    units.map((unit) => h('th', {scope: 'col'}, numbered('unit', unit) || '—')))),
            h('tbody', {},
                floors.map((floor) => h('tr', {},
                               h('th', {scope: 'row', class: 'number'},
                                   floor ? t('plan.floorShort', {n: floor}) : '—'),
                               units.map((unit) => h('td', {},
                                             homes
                                                 .filter((home) => (home.unit || '') === unit &&
                                                         floorNumber(home.floor) === floor)
                                                 .map(tile))))))));
}

function tile(home) {
    const people = (home.residents || []).map((one) => one.name).join('、') || home.name;
    return h('a', {
        class: `tile state-${home.state}`,
        href: `#/home/${encodeURIComponent(home.id)}`,
        title: `${home.name} · ${home.address}`,
        'aria-label': `${people}, ${home.name}, ${word('home', home.state)}`,
        data: {focus: `tile-${home.id}`}
    },
        h('span', {class: 'tile-letter', 'aria-hidden': 'true'}, t(`homeLetter.${home.state}`)),
        h('span', {class: 'tile-name'}, people));
}
