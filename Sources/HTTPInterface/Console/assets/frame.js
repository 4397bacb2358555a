// What stands around every page: ways to the pages, search, clock, sound, and the line that never lies.
import {buildBanner} from './banner.js';
import {openByHand} from './byhand.js';
import {placeToasts} from './dialogs.js';
import {button, calmly, h, paint, setText} from './dom.js';
import {showHelp} from './help.js';
import {icon} from './icons.js';
import {openSearch} from './search.js';
import {isRinging, muteLeft, soundState, toggleMute, unlockSound} from './sound.js';
import {isWaiting, listen, may, openIncidents, state, tell, urgencyRank} from './state.js';
import {buildStrip} from './strip.js';
import {ask} from './wire.js';
import {currentLanguage, remember, setLanguage, t, word} from './words.js';

/** The pages with the letter that follows `g`. */
export const ways = [
    ['board', 'b'],
    ['homes', 'h'],
    ['plan', 'p'],
    ['visits', 'v'],
    ['devices', 'd'],
    ['shift', 's'],
    ['reports', 'r'],
    ['audit', 'a'],
];

const signs = {
    board: 'board',
    homes: 'home',
    plan: 'plan',
    visits: 'visit',
    devices: 'device',
    shift: 'shift',
    reports: 'report',
    audit: 'audit'
};
let stopListening = [];

/** Whether this is the big display without a person at it. */
export function isWall() { return document.documentElement.classList.contains('wall'); }

/** Goes to a page. */
export function navigateTo(path) { window.location.hash = `#/${path}`; }

/** A way that the person may go. */
export function mayGo(name) { return name !== 'audit' || may('administer'); }

/** Builds the frame and answers the element for the page. */
export function buildFrame(root, name, subject) {
    for (const stop of stopListening) stop();
    stopListening = [];
    const main = h('main', {id: 'page', tabindex: '-1', class: `page page-${name}`});
    const banner = h('section', {id: 'banner', 'aria-label': t('banner.label')});
    const strip = name === 'board' ? null : buildStrip(name === 'incident' ? Number(subject) : null);
    if (strip) stopListening.push(...strip.stops);
    paint(root,
        h('a', {
            class: 'skip',
            href: '#page',
            on: {
                click: (event) => {
                    event.preventDefault();
                    main.focus();
                }
            }
        },
            t('frame.skip')),
        h('div', {class: 'frame'}, isWall() ? null : rail(name), topbar(),
            h('div', {class: 'status'}, banner), main,
            strip ? strip.element : null));
    placeToasts();
    stopListening.push(...buildBanner(banner));
    return main;
}

function rail(current) {
    const active = current === 'incident' ? 'board' : current === 'home' ? 'homes' : current;
    const count = h('span', {class: 'rail-count', hidden: true});
    const update = calmly(() => {
        const waiting =
            openIncidents().filter((one) => isWaiting(one) && urgencyRank(one.urgency) <= 1).length;
        count.hidden = waiting === 0;
        setText(count, String(waiting));
        count.setAttribute('aria-label', t('rail.waiting', {n: waiting}));
    });
    stopListening.push(update.stop, listen('incident', update), listen('loaded', update));
    update();
    return h('nav', {class: 'rail', 'aria-label': t('frame.pages')},
        h('img', {class: 'rail-sign', src: '/assets/anju.svg', alt: '', width: 34, height: 34}),
        ways.filter(([name]) => mayGo(name))
            .map(([name, letter]) => h('a', {
                href: `#/${name}`,
                class: 'rail-way',
                'aria-current': name === active ? 'page' : undefined,
                'aria-keyshortcuts': `g ${letter}`,
                title: `${t(`page.${name}`)} (g ${letter})`,
            },
                     icon(signs[name]), h('span', {}, t(`page.${name}`)), name === 'board' ? count : null)));
}

function topbar() {
    const user = state.session.user;
    const sound = soundButton();
    return h('header', {class: 'topbar'},
        h('strong', {class: 'topbar-gateway'}, isWall() ? t('wall.title') : t('app.name'), ' ',
            h('span', {class: 'muted'}, state.session.gateway)),
        isWall()
            ? null
            : h('button', {
                  type: 'button',
                  class: 'topbar-search',
                  id: 'search-open',
                  'aria-keyshortcuts': '/',
                  on: {click: openSearch}
              },
                  icon('search'), h('span', {}, t('search.hint')), h('kbd', {'aria-hidden': 'true'}, '/')),
        may('dispatch') && !isWall() ? button(t('byhand.open'), () => openByHand(), {key: 'o', id: 'by-hand'})
                                     : null,
        h('span', {class: 'spring'}), sound,
        h('time', {
            class: 'topbar-clock',
            data: {clock: ''},
            'aria-label': t('frame.clock'),
            title: t('frame.clock')
        },
            '--:--:--'),
        themeButton(), languageButton(),
        isWall() ? null : button('?', showHelp, {kind: 'quiet square', label: t('help.title')}),
        isWall() ? null
                 : h('span', {class: 'topbar-user'}, h('strong', {}, user.name),
                       h('span', {class: 'muted small'}, word('role', user.role))),
        isWall() ? null : button(t('frame.leave'), leave, {kind: 'quiet'}));
}

function soundButton() {
    const text = h('span', {});
    const place = h('span', {class: 'sound-sign'});
    const whole = h('button', {
        type: 'button',
        id: 'sound',
        class: 'button sound',
        'aria-keyshortcuts': 'm',
        on: {
            click: () => {
                if (soundState() === 'blocked')
                    unlockSound();
                else
                    toggleMute();
            }
        }
    },
        place, text, h('kbd', {'aria-hidden': 'true'}, 'm'));
    const update = () => {
        const now = soundState();
        const shown = isRinging() ? 'ringing' : now;
        if (whole.dataset.state !== shown) {
            paint(place, icon(now === 'on' ? 'bell' : 'bellOff'));
            whole.dataset.state = shown;
        }
        setText(text, t(`sound.${shown}`, {seconds: muteLeft()}));
        whole.setAttribute('aria-pressed', String(now === 'muted'));
    };
    stopListening.push(listen('sound', update), listen('muteTick', update), listen('incident', update),
        listen('loaded', update));
    update();
    return whole;
}

/** The switch between night and day. */
export function themeButton() {
    const root = document.documentElement;
    const label = () => t(root.dataset.theme === 'dark' ? 'theme.light' : 'theme.dark');
    const text = h('span', {}, label());
    return h('button', {
        type: 'button',
        class: 'button quiet',
        id: 'theme',
        on: {
            click: () => {
                root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
                remember('anju.theme', root.dataset.theme);
                setText(text, label());
            }
        }
    },
        text);
}

function languageButton() {
    const other = currentLanguage() === 'en' ? 'zh-Hans' : 'en';
    return h('button', {
        type: 'button',
        class: 'button quiet',
        id: 'language',
        lang: other,
        on: {
            click: () => {
                setLanguage(other);
                tell('language');
            }
        }
    },
        other === 'en' ? 'English' : '中文');
}

async function leave() {
    try {
        await ask('DELETE', 'session', undefined, {isQuiet: true});
    } catch (refusal) { /* gone anyway */
    }
    tell('leave');
}
