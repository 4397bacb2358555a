// On every other page: what nobody has answered stays in sight.
import {calmly, h, paint, setText} from './dom.js';
import {kindIcon} from './icons.js';
import {isWaiting, listen, openIncidents, state, urgencyRank} from './state.js';
import {tickNow} from './time.js';
import {kindTitle, t} from './words.js';

const shownLimit = 4;

/** The strip's element, and what stops it. */
export function buildStrip(exceptID) {
    const element = h('aside', {id: 'strip', 'aria-label': t('strip.label')});
    const update = calmly(() => {
        const waiting = openIncidents().filter(
            (one) => isWaiting(one) && urgencyRank(one.urgency) <= 1 && one.id !== exceptID);
        element.classList.toggle('is-empty', waiting.length === 0);
        const text = h('span', {class: 'strip-word'});
        setText(text, waiting.length ? t('strip.waiting', {n: waiting.length}) : t('strip.none'));
        paint(element, text,
            waiting.slice(0, shownLimit)
                .map((one) => h('a', {
                    href: `#/incident/${one.id}`,
                    class: `strip-one urgency-${one.urgency}`,
                    data: {focus: `strip-${one.id}`}
                },
                         state.slots.has(one.id) ? h('kbd', {}, String(state.slots.get(one.id))) : null,
                         kindIcon(one.kind), h('strong', {}, kindTitle(one.kind, one.title)),
                         h('span', {class: 'strip-home'}, one.home.name),
                         one.deadline ? h('span', {class: 'number', data: {deadline: one.deadline}}) : null)),
            waiting.length > shownLimit
                ? h('a', {href: '#/board', class: 'strip-more'}, t('strip.more', {n: waiting.length - shownLimit}))
                : null);
        tickNow();
    });
    const stops = [update.stop, listen('incident', update), listen('loaded', update)];
    update();
    return {element, stops};
}
