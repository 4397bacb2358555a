// An incident opened by hand: somebody telephoned.
import {order} from './acts.js';
import {complaint, field, showDialog} from './dialogs.js';
import {h} from './dom.js';
import {navigateTo} from './frame.js';
import {noteLimit} from './questions.js';
import {homeFinder} from './search.js';
import {kindTitle, t} from './words.js';

/** What somebody on the telephone can report, kinds that every gateway knows; sudden illness is an `sos`. */
export const kindsByHand =
    ['sos', 'fire', 'gas', 'co', 'fall', 'inactivity', 'waterLeak', 'wandering', 'serviceCall'];

/** Asks for the home first, unless it is known, then for the rest. */
export function openByHand(home) {
    if (home) {
        askKind(home);
        return;
    }
    const finder = homeFinder((found) => {
        done();
        askKind(found);
    });
    const done = showDialog({title: t('byhand.whose'), body: finder.element, css: 'wide high'});
}

function askKind(home) {
    const kind = h('select', {name: 'kind', autofocus: true},
        kindsByHand.map((name) => h('option', {value: name}, kindTitle(name))));
    const note = h('textarea', {name: 'note', rows: 3, maxlength: noteLimit});
    const wrong = complaint();
    showDialog({
        title: t('byhand.title'),
        body: [
            h('p', {class: 'byhand-home'}, h('strong', {}, home.name), ' ',
                h('span', {class: 'muted'}, home.address)),
            field(t('byhand.kind'), kind), field(t('byhand.note'), note, t('byhand.noteHint')), wrong
        ],
        acts: [{
            word: t('byhand.do'),
            kind: 'danger',
            isDefault: true,
            act: async () => {
                if (!note.value.trim()) {
                    wrong.textContent = t('byhand.noNote');
                    return true;
                }
                const made = await order('POST', 'incidents',
                    {home: home.id, kind: kind.value, note: note.value.trim()}, t('byhand.done'));
                if (!made) return true;
                navigateTo(`incident/${made.incident || made.id}`);
                return false;
            }
        }],
    });
}
