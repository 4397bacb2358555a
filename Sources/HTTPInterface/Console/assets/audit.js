// Who did what: read only, each entry sealed by the hash of the one before.
import {refusalText} from './acts.js';
import {button, h, paint} from './dom.js';
import {pageHead, table} from './lists.js';
import {empty} from './signs.js';
import {may} from './state.js';
import {clock} from './time.js';
import {read} from './wire.js';
import {t, word} from './words.js';

const pageCount = 100;

/** Shows the record of acts. */
export function showAudit(main) {
    const place = h('div', {class: 'page-body'});
    const below = h('div', {class: 'page-foot'});
    let entries = [];
    paint(main, pageHead(t('page.audit')), place, below);
    if (!may('administer')) {
        paint(place, empty(t('refusal.forbidden')));
        return () => {};
    }
    const more = async () => {
        const before = entries.length ? `&before=${entries[entries.length - 1].number}` : '';
        try {
            const found = await read(`audit?limit=${pageCount}${before}`);
            const fresh = found.entries || [];
            entries = [...entries, ...fresh];
            paint(place,
                table('audit',
                    [
                        'audit.number', 'audit.at', 'audit.user', 'audit.act', 'audit.subject',
                        'audit.outcome', 'audit.address', 'audit.hash'
                    ].map((name) => t(name)),
                    entries.map(row), {text: t('audit.none'), label: t('page.audit')}));
            paint(below, fresh.length === pageCount ? button(t('audit.more'), more, {focus: 'more'}) : null);
        } catch (refusal) {
            paint(below,
                h('div', {class: 'failure', role: 'alert'},
                    h('p', {}, t('app.failed', {why: refusalText(refusal)})), button(t('act.again'), more)));
        }
    };
    more();
    return () => {};
}

/** `dispatcher` of `user:dispatcher`; what came in otherwise keeps its way: `token seat-1`. */
function whoText(text) {
    const [way, ...rest] = String(text || '').split(':');
    return rest.length && way === 'user' ? rest.join(':') : String(text || '').replace(':', ' ');
}

/** `incident:7` in words. */
function subjectText(text) {
    const [family, ...rest] = String(text || '').split(':');
    return rest.length ? `${word('subject', family)} ${rest.join(':')}` : text || '—';
}

function row(entry) {
    return h('tr', {}, h('td', {class: 'number'}, entry.number),
        h('td', {class: 'number nowrap'}, clock(entry.at, {day: 'always'})), h('td', {}, whoText(entry.user)),
        h('td', {}, word('audit', entry.act)), h('td', {class: 'cut', title: entry.subject}, subjectText(entry.subject)),
        h('td', {}, word('outcome', entry.outcome)), h('td', {class: 'number muted'}, entry.address),
        h('td', {class: 'number muted', title: entry.hash}, String(entry.hash || '').slice(0, 10)));
}
