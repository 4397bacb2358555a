// One incident: the elder, what to do, what happened, who was called.
import {arrive, needHelp, refusalText, writeNote} from './acts.js';
import {deadlineCaption, incidentTags} from './card.js';
import {checklist, handOverWords} from './checklist.js';
import {button, h, paint} from './dom.js';
import {elderCard} from './eldercard.js';
import {homeOf, incidentNow} from './feed.js';
import {navigateTo} from './frame.js';
import {kindIcon} from './icons.js';
import {chosen, claimOrJoin} from './keys.js';
import {askClose, askHandOver, askNote, noteLimit} from './questions.js';
import {invitation, isOpen, isWaiting, listen, may, mine, responderName, state} from './state.js';
import {clock, tickNow} from './time.js';
import {alarmList, calledTable, timelineList} from './timeline.js';
import {kindTitle, t, word} from './words.js';

/** Shows an incident and answers what ends it. */
export function showIncident(main, subject) {
    const id = Number(subject);
    let home = null;
    let failure = null;
    let hasNoHome = false;
    const parts = {
        plate: h('div'),
        acts: h('div', {class: 'incident-acts', role: 'toolbar', 'aria-label': t('incident.acts')}),
        elder: h('section', {class: 'panel', 'aria-label': t('elder.title')}),
        tasks: h('section', {class: 'panel', 'aria-label': t('check.title')}),
        called: h('section', {class: 'panel', 'aria-label': t('called.title')}),
        story: h('section', {class: 'panel grow', 'aria-label': t('timeline.title')}),
        words: h('section', {class: 'panel', 'aria-label': t('words.title')}),
        evidence: h('section', {class: 'panel', 'aria-label': t('evidence.title')})
    };
    const text = h('input', {
        type: 'text',
        class: 'note-input',
        maxlength: noteLimit,
        'aria-label': t('note.text'),
        placeholder: t('note.text')
    });
    const noteForm = h('form', {
        class: 'note-form',
        on: {
            submit: async (event) => {
                event.preventDefault();
                const incident = state.incidents.get(id);
                if (incident && text.value.trim() && await writeNote(incident, text.value.trim()))
                    text.value = '';
            }
        }
    },
        text, h('button', {type: 'submit', class: 'button'}, t('note.do')));
    paint(main, h('header', {class: 'incident-head'}, parts.plate, parts.acts),
        h('div', {class: 'incident'}, h('div', {class: 'incident-column'}, parts.elder),
            h('div', {class: 'incident-column'}, parts.tasks, parts.words, parts.evidence),
            h('div', {class: 'incident-column'}, parts.called, parts.story,
                may('dispatch') ? noteForm : null)));

    const update = () => {
        const incident = state.incidents.get(id);
        if (!incident) {
            paint(parts.plate, h('h1', {}, failure || t('incident.loading')));
            return;
        }
        paint(parts.plate, plate(incident));
        paint(parts.acts, toolbar(incident));
        paint(parts.elder, h('h2', {}, t('elder.title')), elderCard(home, incident.home, {failure}));
        paint(parts.tasks, h('h2', {}, t('check.title')), checklist(incident));
        // Of the gateway's own trouble there is nothing to tell 119 or 120.
        parts.words.hidden = hasNoHome;
        paint(parts.words, handOverWords(incident, home));
        paint(parts.evidence, h('h2', {}, t('evidence.title')), alarmList(incident));
        paint(parts.called, h('h2', {}, t('called.title')), calledTable(incident));
        paint(parts.story, h('h2', {}, t('timeline.title')), timelineList(incident));
        noteForm.hidden = !isOpen(incident);
        tickNow();
    };
    const fetchHome = () => {
        const incident = state.incidents.get(id);
        if (!incident) return;
        homeOf(incident.home.id)
            .then((found) => {
                home = found;
                failure = null;
                hasNoHome = false;
                update();
            })
            .catch((refusal) => {
                const why = refusalText(refusal);
                hasNoHome = refusal.status === 404;
                failure = t(hasNoHome ? 'elder.noHome' : 'elder.failed', {why});
                update();
            });
    };
    const stops = [
        listen('incident',
            (change) => {
                if (change.incident.id === id) update();
            }),
        listen('home',
            (change) => {
                const incident = state.incidents.get(id);
                if (incident && change.id === incident.home.id) fetchHome();
            }),
        listen('reloaded',
            () => {
                refresh();
            }),
        listen('responders', update),
        listen('back', () => navigateTo('board')),
    ];
    const refresh = () => incidentNow(id)
                              .then(() => {
                                  fetchHome();
                                  update();
                              })
                              .catch((refusal) => {
                                  failure = refusalText(refusal);
                                  update();
                              });
    chosen.incident = () => state.incidents.get(id) || null;
    update();
    fetchHome();
    refresh();
    return () => {
        for (const stop of stops) stop();
        chosen.incident = () => null;
    };
}

function plate(incident) {
    const open = isOpen(incident);
    const words = [
        `#${incident.id}`, word('urgency', incident.urgency), word('phase', incident.phase), who(incident)
    ];
    return h('div', {class: `incident-plate urgency-${incident.urgency} phase-${incident.phase}`},
        kindIcon(incident.kind, 'icon large'),
        h('div', {class: 'incident-name'},
            h('h1', {}, kindTitle(incident.kind, incident.title),
                h('span', {class: 'incident-home'}, incident.home.name)),
            h('p', {class: 'number'}, words.join(' · '))),
        h('div', {class: 'incident-tags'}, incidentTags(incident)),
        h('div', {class: 'incident-time'}, open ? leftToDo(incident) : howItEnded(incident)),
        h('div', {class: 'incident-time'},
            open ? h('span', {class: 'number big', data: {since: incident.openedAt}})
                 : h('span', {class: 'number big'}, clock(incident.openedAt, {day: 'never'})),
            h('span', {}, t(open ? 'card.age' : 'incident.openedAt'))));
}

function leftToDo(incident) {
    return [
        h('span', {class: 'number big', role: 'timer', data: {deadline: incident.deadline}}, '—'),
        h('span', {}, deadlineCaption(incident)),
    ];
}

function howItEnded(incident) {
    return [
        h('span', {class: 'big'}, word('disposition', incident.disposition)),
        h('span', {class: 'number'}, clock(incident.closedAt)),
    ];
}

function toolbar(incident) {
    return [
        h('a', {class: 'button quiet', href: '#/board', data: {focus: 'back'}}, `← ${t('page.board')}`),
        isOpen(incident) && may('dispatch') ? acts(incident) : null,
    ];
}

function who(incident) {
    if (incident.answeredBy) return t('card.has', {who: responderName(incident.answeredBy)});
    return isOpen(incident) ? t('incident.nobody') : t('incident.nobodyHad');
}

function acts(incident) {
    // One act is the next one, and only that one stands out.
    const next = {acknowledged: 's', onScene: 'c'}[incident.phase];
    const kindOf = (key) => (key === next ? 'primary' : '');
    return [
        isWaiting(incident) || invitation(incident)
            ? button(t(isWaiting(incident) ? 'act.claim' : `act.join.${invitation(incident)}`),
                  () => claimOrJoin(incident), {key: 'a', kind: 'danger', focus: 'a'})
            : null,
        button(t('act.onScene'), () => arrive(incident),
            {key: 's', focus: 's', kind: kindOf('s'), disabled: incident.phase === 'onScene'}),
        button(t('act.needHelp'), () => needHelp(incident), {key: 'h', focus: 'h'}),
        button(t('act.handOver'), () => askHandOver(incident),
            {key: 't', focus: 't', disabled: incident.answeredBy !== mine()}),
        button(t('act.note'), () => askNote(incident), {key: 'n', focus: 'n'}),
        button(t('act.closeIncident'), () => askClose(incident), {key: 'c', kind: kindOf('c'), focus: 'c'}),
    ];
}
