// Buildings as they stand: units side by side, floors one above the other, each home with its letter.
import {calmly, h, paint} from './dom.js';
import {choices, pageHead, reader, readRestMilliseconds} from './lists.js';
import {empty, homeSign, homeStates, homeStyle, homeWord} from './signs.js';
import {homeUrgency, isInHand, listen} from './state.js';
import {readAll} from './wire.js';
import {listed, t, word} from './words.js';

const floorsShownLimit = 40;

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
        'ul', {class: 'legend'},
        homeStates.map((name) => h('li', {}, homeSign({state: name}), word('home', name))),
        h('li', {}, h('span', {class: 'home-sign state-alarm urgency-lifeSafety in-hand'}, t('homeLetter.alarm')),
            word('phase', 'acknowledged')));
}

/** A bare number gets its word: `3` is building 3. */
function numbered(part, name) {
    return /^\d+$/.test(name || '') ? t(`elder.${part}`, {n: name}) : name;
}

/** From the highest floor to the lowest: a floor without a home stands empty, as it does in the building. */
function floorsOf(homes) {
    const given = [...new Set(homes.map((home) => floorNumber(home.floor)))].sort((a, b) => b - a);
    const known = given.filter((floor) => floor !== 0);
    const most = known[0];
    const least = Math.min(1, known[known.length - 1]);
    if (!known.length || most - least >= floorsShownLimit) return given;
    const all = Array.from({length: most - least + 1}, (whole, index) => most - index);
    return [...all.filter((floor) => floor !== 0), ...(given.includes(0) ? [0] : [])];
}

function building(name, homes) {
    const units = [...new Set(homes.map((home) => home.unit || ''))].sort(compare);
    const floors = floorsOf(homes);
    const waiting = homes.filter((home) => home.state === 'alarm' && !isInHand(home)).map(homeUrgency);
    const bad = ['lifeSafety', 'urgent'].find((urgency) => waiting.includes(urgency));
    return h('section', {class: `building ${bad ? `has-${bad}` : ''}`},
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
    const people = listed((home.residents || []).map((one) => one.name)) || home.name;
    return h('a', {
        class: `tile ${homeStyle(home)}`,
        href: `#/home/${encodeURIComponent(home.id)}`,
        title: `${home.name} · ${home.address}`,
        'aria-label': `${people}, ${home.name}, ${homeWord(home)}`,
        data: {focus: `tile-${home.id}`}
    },
        h('span', {class: 'tile-letter', 'aria-hidden': 'true'}, t(`homeLetter.${home.state}`)),
        h('span', {class: 'tile-name'}, people));
}
