// The board: open incidents by urgency and age. What nobody has answered stands out; the rest stays quiet.
import {buildCard} from './card.js';
import {calmly, h, paint, say, setText, shout} from './dom.js';
import {homeOf} from './feed.js';
import {isWall, navigateTo} from './frame.js';
import {icon} from './icons.js';
import {chosen} from './keys.js';
import {bySeverity, isOpen, isWaiting, listen, openIncidents, state, tell, urgencyRank} from './state.js';
import {tickNow} from './time.js';
import {kindTitle, t} from './words.js';

const restMilliseconds = 10000;
const homesReadLimit = 30;
/** More cards than anybody can read; each column says how many it has and how many it shows. */
const cardsLimit = 60;
const asked = new Set();
const askAgainMilliseconds = 30000;
let selectedID = null;
let lastMove = 0;

/** The incident whose card is chosen. */
function selected() { return selectedID === null ? null : state.incidents.get(selectedID) || null; }

/** Shows the board and answers what ends it. */
export function showBoard(main) {
    const cards = new Map();
    const columns = {
        waiting: column('waiting', t('board.waiting')),
        hand: column('hand', t('board.inHand')),
        quiet: column('quiet', t('board.quiet')),
    };
    paint(main, h('h1', {class: 'unseen'}, t('page.board')),
        h('div', {class: 'board'},
            h('div', {class: 'board-left'}, columns.waiting.element, columns.quiet.element),
            columns.hand.element));

    const update = calmly(() => arrange(cards, columns));
    const stops = [
        update.stop,
        listen('incident',
            ({incident, before}) => {
                announce(incident, before);
                update();
            }),
        listen('loaded', update),
        listen('responders', update),
        listen('residents', update),
        listen('move', (step) => move(step, columns)),
        listen('choose', (id) => {
            selectedID = id;
            lastMove = performance.now();
            mark(cards);
            followWithFocus(cards);
        }),
    ];
    chosen.incident = selected;
    const follow = (event) => {
        const card = event.target instanceof Element ? event.target.closest('.card') : null;
        if (!card) return;
        selectedID = Number(card.dataset.id);
        lastMove = performance.now();
        mark(cards);
    };
    main.addEventListener('focusin', follow);
    main.addEventListener('pointerdown', follow);
    const enter = (event) => {
        if (event.key !== 'Enter' || !isNowhere(event.target) || !selected()) return;
        navigateTo(`incident/${selectedID}`);
    };
    document.addEventListener('keydown', enter);
    update();
    return () => {
        for (const stop of stops) stop();
        main.removeEventListener('focusin', follow);
        document.removeEventListener('keydown', enter);
        chosen.incident = () => null;
    };
}

/** Whether no link or button has the focus. */
function isNowhere(target) { return target === document.body || target.id === 'page'; }

function column(name, title) {
    const count = h('span', {class: 'column-count number'}, '0');
    const list = h('div', {class: 'cards'});
    const nothing = h('div', {class: 'nothing'});
    const beyond = h('span', {class: 'column-beyond'});
    const element = h('section', {class: `column column-${name}`, 'aria-label': title},
        h('h2', {}, title, ' ', count, ' ', beyond), list, nothing);
    return {element, list, count, nothing, beyond, name};
}

function columnOf(incident) {
    if (!isWaiting(incident)) return 'hand';
    return urgencyRank(incident.urgency) <= 1 ? 'waiting' : 'quiet';
}

function sizeOf(incident, place) {
    const name = columnOf(incident);
    if (name !== 'waiting') return name;
    if (place === 0) return 'hero';
    return incident.urgency === 'lifeSafety' ? 'big' : 'plain';
}

function readHomes(open) {
    for (const incident of open.slice(0, homesReadLimit)) {
        const id = incident.home.id;
        if (state.homes.has(id) || asked.has(id)) continue;
        asked.add(id);
        homeOf(id)
            .then(() => {
                asked.delete(id);
                // Not this board alone: another may have come up meanwhile.
                tell('residents');
            })
            .catch(() => setTimeout(() => asked.delete(id), askAgainMilliseconds));
    }
}

function arrange(cards, columns) {
    const open = openIncidents();
    readHomes(open);
    choose(open);
    const parts = Object.keys(columns).map((name) => {
        const own = open.filter((incident) => columnOf(incident) === name);
        if (name === 'hand')
            own.sort((a, b) => Date.parse(a.deadline || a.openedAt) - Date.parse(b.deadline || b.openedAt) ||
                    bySeverity(a, b));
        return {name, count: own.length, shown: own.slice(0, cardsLimit)};
    });
    const shownIDs = new Set(parts.flatMap(({shown}) => shown.map((incident) => incident.id)));
    for (const [id, card] of cards) {
        if (shownIDs.has(id)) continue;
        card.element.remove();
        cards.delete(id);
    }
    for (const {name, count, shown} of parts) {
        const own = columns[name];
        place(shown, own, cards);
        setText(own.count, String(count));
        setText(own.beyond, count > shown.length ? t('board.first', {n: shown.length}) : '');
        own.element.classList.toggle('is-empty', count === 0);
        showNothing(own, count, open.length);
    }
    mark(cards);
    followWithFocus(cards);
    tellBeyond(columns);
    tickNow();
}

/** A wall cannot be scrolled: how many cards do not fit is said. */
function tellBeyond(columns) {
    if (!isWall()) return;
    columns.quiet.element.classList.toggle(
        'is-empty', columns.waiting.list.children.length > 0 || columns.quiet.list.children.length === 0);
    const edge = window.innerHeight;
    for (const {list, count, beyond} of Object.values(columns)) {
        const seen = [...list.children].filter((card) => card.getBoundingClientRect().bottom <= edge).length;
        const left = Number(count.textContent) - seen;
        setText(beyond, left ? t('board.beyond', {n: left}) : '');
    }
}

function place(incidents, {list}, cards) {
    const active = document.activeElement;
    incidents.forEach((incident, index) => {
        let card = cards.get(incident.id);
        if (!card) {
            card = buildCard(incident);
            cards.set(incident.id, card);
        }
        card.update(incident, sizeOf(incident, index));
        const here = list.children[index];
        if (here === card.element) return;
        const hadFocus = card.element.contains(active);
        // What has just moved under the pointer must not be claimed by a click meant for another.
        card.moved();
        if (here) cards.get(Number(here.dataset.id)).moved();
        list.insertBefore(card.element, here || null);
        if (hadFocus) active.focus({preventScroll: true});
    });
}

function showNothing(own, count, all) {
    const text = count ? ''
        : own.name === 'waiting'
        ? (state.isLoaded ? t(all ? 'board.allAnswered' : 'board.calm') : t('board.loading'))
        : own.name === 'hand' ? t('board.noneInHand')
                              : '';
    if (own.nothing.dataset.text === text) return;
    own.nothing.dataset.text = text;
    paint(own.nothing,
        text ? [own.name === 'waiting' ? icon('check', 'icon calm-sign') : null, h('p', {}, text)] : []);
}

function choose(open) {
    const now = selected();
    const isBusy = performance.now() - lastMove < restMilliseconds;
    const first = open.find(isWaiting) || open[0];
    if (!now || !isOpen(now))
        selectedID = first ? first.id : null;
    else if (!isWaiting(now) && !isBusy && first && isWaiting(first))
        selectedID = first.id;
}

function mark(cards) {
    for (const [id, card] of cards) card.element.classList.toggle('selected', id === selectedID && !isWall());
}

/** Focus left on another card goes to the chosen one: Enter and the letters must never mean two incidents. */
function followWithFocus(cards) {
    const focused = document.activeElement && document.activeElement.closest('.card');
    if (!focused || Number(focused.dataset.id) === selectedID || isWall()) return;
    const card = cards.get(selectedID);
    if (card) card.element.querySelector('a').focus({preventScroll: true});
}

function move(step, columns) {
    const columnsShown = [...columns.waiting.list.children, ...columns.quiet.list.children];
    const hand = [...columns.hand.list.children];
    const all = [...columnsShown, ...hand];
    if (!all.length) return;
    const at = all.findIndex((element) => Number(element.dataset.id) === selectedID);
    let next = all[0];
    if (step === 'right')
        next = hand[0] || all[0];
    else if (step === 'left')
        next = columnsShown[0] || all[0];
    else if (at >= 0)
        next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    next.querySelector('a').focus();
    next.scrollIntoView({block: 'nearest'});
}

function announce(incident, before) {
    const name = `${kindTitle(incident.kind, incident.title)}, ${incident.home.name}`;
    if (isWaiting(incident) && (!before || !isWaiting(before))) {
        const text = t('board.new', {incident: name});
        if (incident.urgency === 'lifeSafety')
            shout(text);
        else
            say(text);
    } else if (before && isWaiting(before) && !isWaiting(incident)) {
        say(t(isOpen(incident) ? 'board.answered' : 'board.closed', {incident: name}));
    }
}
