// The shift: what the next one must know, who is on duty, whether the seat was manned when asked.
import {order} from './acts.js';
import {button, h, paint} from './dom.js';
import {pageHead, table} from './lists.js';
import {empty, tag} from './signs.js';
import {isWaiting, listen, may, openIncidents, responderName, state, tell} from './state.js';
import {clock, tickNow} from './time.js';
import {listed, t, word} from './words.js';

/** Shows notes, people and duty checks. */
export function showShift(main) {
    const notes = h('div', {class: 'notes', data: {scroll: 'notes'}});
    const people = h('div');
    const checks = h('div');
    const text = h('textarea',
        {rows: 3, maxlength: 600, placeholder: t('shift.placeholder'), 'aria-label': t('shift.placeholder')});
    const send = h('form', {
        class: 'shift-form',
        on: {
            submit: async (event) => {
                event.preventDefault();
                const words = text.value.trim();
                if (!words) return;
                const made = await order('POST', 'notes', {text: words}, t('shift.written'));
                if (!made) return;
                text.value = '';
                if (made.id && !state.notes.some((one) => one.id === made.id)) {
                    state.notes = [made, ...state.notes];
                    tell('note', made);
                }
            }
        }
    },
        text,
        h('div', {class: 'inline'}, h('button', {type: 'submit', class: 'button primary'}, t('shift.write')),
            h('button', {
                type: 'button',
                class: 'button quiet',
                on: {
                    click: () => {
                        text.value = draft();
                        text.focus();
                    }
                }
            },
                t('shift.draft'))));
    const ask = async () => {
        const made = await order('POST', 'duty-checks', {}, t('duty.asked'));
        if (made && made.id && !state.dutyChecks.some((one) => one.id === made.id)) {
            state.dutyChecks = [made, ...state.dutyChecks];
            tell('duty', made);
        }
    };
    paint(main, pageHead(t('page.shift')),
        h('div', {class: 'shift page-body'},
            h('section', {class: 'panel'}, h('h2', {}, t('shift.notes')), may('dispatch') ? send : null,
                notes),
            h('section', {class: 'panel'}, h('h2', {}, t('shift.people')), people),
            h('section', {class: 'panel'},
                h('h2', {}, t('duty.checks'), h('span', {class: 'spring'}),
                    may('administer') ? button(t('duty.ask'), ask, {id: 'duty-ask'}) : null),
                checks)));
    const showNotes = () => {
        const all = [...state.notes].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
        paint(notes,
            all.length ? all.map((note) => h('article', {class: 'note'},
                                     h('header', {class: 'muted small'},
                                         h('span', {class: 'number'}, clock(note.at, {seconds: false})),
                                         ' · ', responderName(note.by)),
                                     h('p', {}, note.text)))
                       : empty(t('shift.none')));
    };
    const showPeople = () => {
        const all = [...state.responders.values()].sort((a, b) => rank(a) - rank(b));
        paint(people,
            table('people',
                [
                    t('people.name'), t('people.role'), t('people.areas'), t('people.channels'),
                    t('people.duty')
                ],
                all.map((one) => h('tr', {}, h('td', {class: 'nowrap'}, one.name),
                            h('td', {class: 'nowrap'}, word('role', one.role)),
                            h('td', {class: 'muted'}, listed(one.areas || []) || '—'),
                            h('td', {class: 'muted'},
                                listed((one.channels || []).map((name) => word('channel', name)))),
                            h('td', {},
                                one.onDuty === true        ? tag(t('duty.on'))
                                    : one.onDuty === false ? tag(t('duty.off'), 'quiet')
                                                           : '—'))),
                {text: t('people.none'), label: t('shift.people')}));
    };
    const showChecks = () => {
        const all = [...state.dutyChecks].sort((a, b) => Date.parse(b.askedAt) - Date.parse(a.askedAt));
        paint(checks,
            all.length
                ? h('table', {class: 'table tight', 'aria-label': t('duty.checks')},
                      h('tbody', {},
                          all.map(
                              (one) => h('tr', {}, h('td', {class: 'number nowrap'}, clock(one.askedAt)),
                                  h('td', {},
                                      tag(t(`dutyState.${one.state}`),
                                          {missed: 'bad', answered: 'good', open: 'warn'}[one.state]),
                                      one.state === 'open'
                                          ? h('span', {class: 'number', data: {deadline: one.answerBy}})
                                          : null),
                                  h('td', {},
                                      one.answeredBy
                                          ? `${responderName(one.answeredBy)} ${clock(one.answeredAt)}`
                                          : ''),
                                  h('td', {class: 'muted'}, t('duty.by', {who: responderName(one.by)}))))))
                : empty(t('duty.none')));
        tickNow();
    };
    showNotes();
    showPeople();
    showChecks();
    const stops = [
        listen('note', showNotes),
        listen('responders',
            () => {
                showPeople();
                showNotes();
            }),
        listen('duty', showChecks)
    ];
    return () => {
        for (const stop of stops) stop();
    };
}

const rank = (one) => (one.onDuty === true ? 0 : one.onDuty === false ? 2 : 1);

function draft() {
    const open = openIncidents();
    return t('shift.draftText', {
        open: open.length,
        waiting: open.filter(isWaiting).length,
        list: listed(
            open.slice(0, 8).map((one) => `#${one.id} ${one.home.name} ${word('phase', one.phase)}`))
    });
}
