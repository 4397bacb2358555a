// Pages that read something and show it: loading, failure, empty and full, each said in words.
import {refusalText} from './acts.js';
import {button, h, paint} from './dom.js';
import {tickNow} from './time.js';
import {t} from './words.js';

/** Between two readings of a list that changes all the time. */
export const readRestMilliseconds = 1000;

/** Reads and shows; the answer reads again. What is older than the newest wish is let go. */
export function reader(place, fetchAll, show) {
    let turn = 0;
    const again = async ({isQuiet = true} = {}) => {
        turn += 1;
        const own = turn;
        if (!isQuiet || !place.hasChildNodes()) paint(place, h('p', {class: 'empty'}, t('app.loading')));
        place.setAttribute('aria-busy', 'true');
        try {
            const found = await fetchAll();
            if (own !== turn) return;
            paint(place, show(found));
        } catch (refusal) {
            if (own !== turn) return;
            if (refusal.status === undefined) throw refusal;
            paint(place,
                h('div', {class: 'failure', role: 'alert'},
                    h('p', {}, t('app.failed', {why: (refusal.isSilent ? t('refusal.unreached') : refusalText(refusal))})),
                    button(t('act.again'), () => again({isQuiet: false}))));
        } finally {
            if (own === turn) place.removeAttribute('aria-busy');
            tickNow();
        }
    };
    return again;
}

/** A row of words of which one is chosen. */
export function choices(label, options, now, choose) {
    const element = h('div', {class: 'choice-row', role: 'group', 'aria-label': label});
    const show =
        (value) =>
            paint(element,
                options.map(
                    ([name, text, count]) => h('button', {
                        type: 'button',
                        class: `button quiet ${name === value ? 'chosen' : ''}`,
                        'aria-pressed': String(name === value),
                        data: {focus: name, choice: name},
                        on: {
                            click: () => {
                                show(name);
                                choose(name);
                            }
                        },
                    },
                        text, count === undefined ? null : h('span', {class: 'number count'}, ` ${count}`))));
    show(now);
    return element;
}

/** The head of a page. */
export function pageHead(title, ...more) {
    return h('header', {class: 'page-head'}, h('h1', {}, title), more);
}

/** A table with its head; rows may be empty. */
export function table(css, heads, rows, nothing) {
    return h('div', {
        class: 'table-frame',
        tabindex: '0',
        data: {scroll: css, focus: `table-${css}`},
        role: 'region',
        'aria-label': nothing.label || heads.join(', ')
    },
        h('table', {class: `table ${css}`},
            h('thead', {}, h('tr', {}, heads.map((text) => h('th', {scope: 'col'}, text)))),
            h('tbody', {},
                rows.length ? rows
                            : h('tr', {class: 'empty'}, h('td', {colspan: heads.length}, nothing.text)))));
}
