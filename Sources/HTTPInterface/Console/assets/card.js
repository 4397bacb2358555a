// One incident on the board. Its parts stay in their places while their texts change.
import {toast} from './dialogs.js';
import {h, paint, setText} from './dom.js';
import {isWall} from './frame.js';
import {kindIcon} from './icons.js';
import {claimOrJoin} from './keys.js';
import {tag} from './signs.js';
import {invitation, isWaiting, may, responderName, state} from './state.js';
import {whatWasSaid} from './timeline.js';
import {kindTitle, listed, t, word} from './words.js';

const settleMilliseconds = 700;

/** What the running time of an incident leads to. */
export function deadlineCaption(incident) {
    if (incident.phase === 'onScene') return t('deadline.closing');
    if (incident.phase === 'acknowledged') return t('deadline.onScene');
    return incident.step + 1 >= incident.steps
        ? t('deadline.repeat')
        : t('deadline.next', {step: incident.step + 2, steps: incident.steps});
}

/** Plates that say what else is known. */
export function incidentTags(incident) {
    const tags = [];
    const kinds =
        [...new Set(incident.alarms.map((alarm) => alarm.kind))].filter((kind) => kind !== incident.kind);
    for (const kind of kinds) tags.push(tag(`+ ${kindTitle(kind)}`, 'strong'));
    if (incident.alarms.length)
        tags.push(incident.alarms.some((alarm) => alarm.isActive) ? tag(t('alarm.active'), 'strong')
                                                                  : tag(t('alarm.restored')));
    const presses = Math.max(0, ...incident.alarms.map((alarm) => alarm.raiseCount || 1));
    if (presses > 1) tags.push(tag(t('alarm.times', {n: presses})));
    const late = Math.max(0, ...incident.alarms.map((alarm) => alarm.lateBySeconds || 0));
    if (late > 0) tags.push(tag(t('alarm.late', {n: Math.round(late)})));
    return tags;
}

/** Whom the board may name: the elders of homes that have been read. */
function residents(incident) { return state.residents.get(incident.home.id) || ''; }

/** The newest word of an alarm: the rule's message, else what whoever opened it by hand wrote. */
function newestWord(incident) {
    for (const alarm of [...incident.alarms].reverse()) {
        const word = alarm.message || listed(whatWasSaid(alarm, {isNamed: false}));
        if (word) return word;
    }
    return '';
}

/** A card: its element, `update(incident, size)` and `moved()`. */
export function buildCard(first) {
    let incident = first;
    let movedAt = -settleMilliseconds;
    const part = (tagName, css) => h(tagName, {class: css});
    const slot = h('kbd', {class: 'card-slot', 'aria-hidden': 'true'});
    const sign = part('span', 'card-sign');
    const kind = part('span', 'card-title');
    const home = h('a', {class: 'card-home', href: `#/incident/${first.id}`});
    const addressText = h('bdi', {dir: 'ltr'});
    const address = h('div', {class: 'card-address'}, addressText);
    const message = part('div', 'card-message');
    const tags = part('div', 'card-tags');
    const who = part('div', 'card-who');
    const caption = part('span', 'card-caption');
    const deadline = h('span', {class: 'card-deadline number', role: 'timer'});
    const age = h('span', {class: 'number', data: {since: first.openedAt}});
    const claimWord = h('span', {});
    const claimKey = h('kbd', {'aria-hidden': 'true'});
    const claimButton = h('button', {
        type: 'button',
        class: 'button card-claim',
        on: {
            click: (event) => {
                // A key means the card that has the focus, wherever it has moved; only a pointer may miss.
                if (event.detail > 0 && performance.now() - movedAt < settleMilliseconds) {
                    toast(t('board.moved'), 'bad');
                    return;
                }
                claimOrJoin(incident);
            }
        }
    },
        claimWord, claimKey);
    const element = h('article', {class: 'card', data: {id: String(first.id)}}, slot,
        h('div', {class: 'card-kind'}, sign, kind), home, address, message, tags,
        h('div', {class: 'card-time'}, deadline, caption,
            h('span', {class: 'card-age'}, h('span', {}, t('card.age')), ' ', age)),
        who, may('dispatch') && !isWall() ? claimButton : null);

    function update(next, size) {
        incident = next;
        const title = kindTitle(incident.kind, incident.title);
        element.className = `card size-${size} urgency-${incident.urgency} phase-${incident.phase}${
            element.classList.contains('selected') ? ' selected' : ''}`;
        element.dataset.phase = incident.phase;
        const key = state.slots.get(incident.id);
        setText(slot, key ? String(key) : '');
        if (sign.dataset.kind !== incident.kind) {
            sign.dataset.kind = incident.kind;
            paint(sign, kindIcon(incident.kind));
        }
        setText(kind, title);
        setText(
            home, [residents(incident), incident.home.name || incident.home.id].filter(Boolean).join(' · '));
        home.setAttribute('aria-label', t('card.label', {
            kind: title,
            home: incident.home.name,
            urgency: word('urgency', incident.urgency),
            phase: word('phase', incident.phase)
        }));
        setText(addressText, incident.home.address || '');
        address.title = incident.home.address || '';
        const newest = newestWord(incident);
        setText(message, newest);
        message.title = newest;
        paint(tags, incidentTags(incident));
        setText(who,
            isWaiting(incident) ? t('card.called', {n: incident.notified.length})
                                : t(incident.phase === 'onScene' ? 'card.onScene' : 'card.has',
                                      {who: responderName(incident.answeredBy)}));
        setText(caption, deadlineCaption(incident));
        if (incident.deadline)
            deadline.dataset.deadline = incident.deadline;
        else {
            delete deadline.dataset.deadline;
            setText(deadline, '—');
        }
        const invited = invitation(incident);
        setText(claimWord, t(isWaiting(incident) ? 'act.claim' : `act.join.${invited || 'help'}`));
        setText(claimKey, key ? String(key) : '');
        claimButton.setAttribute('aria-label', t('card.claimLabel', {kind: title, home: incident.home.name}));
        claimButton.hidden = !isWaiting(incident) && !invited;
    }

    return {
        element,
        update,
        moved: () => {
            movedAt = performance.now();
        }
    };
}
