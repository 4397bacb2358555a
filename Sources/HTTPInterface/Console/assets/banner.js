// The line that never lies: what the seat cannot see, or cannot do, stands here until it is over.
import {button, h, paint, setText, shout} from './dom.js';
import {isConnected, isStale, silence} from './feed.js';
import {icon} from './icons.js';
import {loginForm} from './login.js';
import {soundState, unlockSound} from './sound.js';
import {listen, state, tell} from './state.js';
import {clock, now, span} from './time.js';
import {listed, t, word} from './words.js';

const told = new Set();
let ended = null;
let fault = null;

/** What is wrong now, worst first: `{id, kind, text, act}`. */
export function problems() {
    const found = [];
    const health = state.health;
    const put = (id, kind, text, act) => found.push({id, kind, text, act});
    if (state.hasEnded) {
        put('ended', 'bad', t('banner.ended'), {word: t('login.enter'), act: askLogin});
    } else if (isStale()) {
        put('stale', 'bad', t('banner.stale', {time: clock(new Date(now() - silence()).toISOString())}));
    } else if (!isConnected() && state.isLoaded) {
        put('connecting', 'warn', t('banner.connecting'));
    }
    if (state.openFailed && !state.hasEnded) put('unread', 'bad', t('banner.unread'));
    if (health) {
        if (health.isLinkUp === false) put('broker', 'bad', t('banner.broker'));
        if (health.isStoreAvailable === false || state.isStoreDown) put('store', 'bad', t('banner.store'));
        if (health.isSiteCurrent === false) put('site', 'warn', t('banner.site'));
        // What has its own words above is not said twice.
        const saidAlready = new Set();
        if (health.isLinkUp === false) saidAlready.add('brokerLink').add('broker');
        if (health.isStoreAvailable === false) saidAlready.add('storeUnavailable').add('store');
        if (health.isSiteCurrent === false) saidAlready.add('siteStale');
        const troubles = (health.troubles || []).filter((one) => !saidAlready.has(troubleName(one)));
        if (troubles.length)
            put('trouble', 'warn', t('banner.trouble', {what: listed(troubles.map(troubleText))}));
        const blind = (health.blind || []).filter((one) => one.since || !saidAlready.has(one.what));
        if (blind.length) {
            put('blind', 'warn', t('banner.blind', {what: listed(blind.map(blindText))}));
        }
    } else if (state.isStoreDown) {
        put('store', 'bad', t('banner.store'));
    }
    const sound = soundState();
    if (sound === 'blocked')
        put('sound', 'warn', t('banner.sound'), {word: t('banner.soundAct'), act: unlockSound});
    if (sound === 'none') put('silent', 'warn', t('banner.noSound'));
    if (fault)
        put('fault', 'warn', t('banner.fault'),
            {word: t('banner.reload'), act: () => window.location.reload()});
    return found;
}

/** Keeps the line; the answer is what stops it. */
export function buildBanner(place) {
    const update = () => show(place);
    const topics = ['guard', 'link', 'health', 'sound', 'loaded'];
    const stops = topics.map((topic) => listen(topic, update));
    stops.push(listen('fault', (reason) => {
        if (reason && reason.name === 'Refusal') return;
        fault = reason || true;
        update();
    }));
    place.dataset.shown = '';
    show(place);
    return stops;
}

function show(place) {
    const found = problems();
    const isOld = found.some((one) => one.id === 'stale' || one.id === 'ended' || one.id === 'unread');
    document.body.classList.toggle('stale', isOld);
    const key = found.map((one) => `${one.id}:${one.text}`).join('|') || 'calm';
    if (place.dataset.shown !== key) {
        place.dataset.shown = key;
        place.dataset.problems = found.map((one) => one.id).join(' ');
        place.className = found.some((one) => one.kind === 'bad') ? 'bad' : found.length ? 'warn' : 'calm';
        paint(place,
            found.length ? found.map(chip)
                         : h('span', {class: 'chip calm'}, icon('check'), h('span', {id: 'banner-calm'})));
    }
    const calm = place.querySelector('#banner-calm');
    if (calm)
        setText(
            calm, state.isLoaded ? t('banner.calm', {span: span(silence() / 1000)}) : t('banner.loading'));
    for (const one of found) {
        if (one.kind === 'bad' && !told.has(one.id)) shout(one.text);
        told.add(one.id);
    }
    for (const id of [...told])
        if (!found.some((one) => one.id === id)) told.delete(id);
    if (state.hasEnded && !ended) askLogin();
}

function blindText(one) {
    const since = one.since ? t('banner.since', {time: clock(one.since, {seconds: false})}) : '';
    return [word('blind', one.what), since].filter(Boolean).join(' ');
}

/** `channelFailing` of `gateway/channelFailing: sms`. */
function troubleName(text) { return text.split(':')[0].replace(/^gateway\//, ''); }

function troubleText(text) {
    const more = text.includes(':') ? text.slice(text.indexOf(':') + 1).trim() : '';
    return [word('trouble', troubleName(text)), more].filter(Boolean).join(' ');
}

function chip(one) {
    return h('span', {class: `chip ${one.kind}`, data: {problem: one.id}}, icon('warning'),
        h('span', {}, one.text),
        one.act ? button(one.act.word, one.act.act, {kind: 'small', focus: one.id}) : null);
}

function askLogin() {
    if (ended) return;
    const user = state.session ? state.session.user.id : '';
    const form = loginForm((session) => {
        finish();
        tell('session', session);
    }, user);
    const finish = showPlainDialog(t('banner.endedTitle'), [h('p', {}, t('banner.ended')), form]);
    ended = finish;
}

function showPlainDialog(title, body) {
    const heading = 'ended-title';
    const dialog = h('dialog', {
        class: 'dialog urgent',
        'aria-labelledby': heading,
        on: {
            cancel: (event) => event.preventDefault(),
            keydown: (event) => event.stopPropagation(),
        }
    },
        h('h2', {id: heading}, title), h('div', {class: 'dialog-body'}, body));
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('input[type=password]').focus();
    return () => {
        dialog.close();
        dialog.remove();
        ended = null;
    };
}
