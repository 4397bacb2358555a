// The keyboard: every page can be worked without a mouse.
import {arrive, claim, nameOf, needHelp} from './acts.js';
import {openByHand} from './byhand.js';
import {isAsking, toast} from './dialogs.js';
import {mayGo, navigateTo, ways} from './frame.js';
import {showHelp} from './help.js';
import {askClose, askHandOver, askNote} from './questions.js';
import {openSearch} from './search.js';
import {toggleMute} from './sound.js';
import {incidentOfSlot, invitation, isOpen, isWaiting, may, mine, responderName} from './state.js';
import {state, tell} from './state.js';
import {t} from './words.js';

let isAfterG = false;
let timer = null;

/** The incident that single letters mean: the page's own, or the chosen card. */
export const chosen = {
    incident: () => null
};

function isTyping(target) {
    return target instanceof HTMLElement &&
        (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Claims what waits, joins where the seat is invited; of the rest says who has it. */
export function claimOrJoin(incident) {
    if (!incident || !isOpen(incident) || !may('dispatch')) return;
    if (isWaiting(incident) || invitation(incident))
        claim(incident);
    else
        toast(t('claim.held', {who: responderName(incident.answeredBy), incident: nameOf(incident)}), 'bad');
}

const letters = {
    a: () => claimOrJoin(chosen.incident()),
    s: () => act(arrive),
    h: () => act(needHelp),
    c: () => act(askClose),
    t: () => act((incident) => {
        if (incident.answeredBy === mine()) askHandOver(incident);
    }),
    n: () => act(askNote),
    o: () => {
        if (may('dispatch')) openByHand();
    },
    m: toggleMute,
    '/': openSearch,
    '?': showHelp,
    j: () => tell('move', 1),
    k: () => tell('move', -1),
    ArrowDown: () => tell('move', 1),
    ArrowUp: () => tell('move', -1),
    ArrowRight: () => tell('move', 'right'),
    ArrowLeft: () => tell('move', 'left'),
    Escape: () => tell('back'),
};

function act(what) {
    const incident = chosen.incident();
    if (incident && isOpen(incident) && may('dispatch')) what(incident);
}

function press(event) {
    if (!state.session || state.hasEnded || isAsking() || event.ctrlKey || event.altKey || event.metaKey ||
        event.isComposing)
        return;
    if (isTyping(event.target)) {
        if (event.key === 'Escape') event.target.blur();
        return;
    }
    if (event.repeat && !/^(Arrow|[jk]$)/.test(event.key)) return;
    if (isAfterG) {
        isAfterG = false;
        const way = ways.find(([name, letter]) => letter === event.key && mayGo(name));
        if (way) {
            event.preventDefault();
            navigateTo(way[0]);
        }
        return;
    }
    if (event.key === 'g') {
        isAfterG = true;
        clearTimeout(timer);
        timer = setTimeout(() => {
            isAfterG = false;
        }, 1500);
        return;
    }
    if (/^[1-9]$/.test(event.key)) {
        const incident = incidentOfSlot(Number(event.key));
        if (incident) {
            tell('choose', incident.id);
            claimOrJoin(incident);
        }
        return;
    }
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const run = letters[name];
    if (!run) return;
    const isMove = name.startsWith('Arrow');
    if (isMove && document.body.dataset.page !== 'board') return;
    event.preventDefault();
    run();
}

/** Begins to listen to the keyboard. */
export function startKeys() { document.addEventListener('keydown', press); }
