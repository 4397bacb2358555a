// Is the seat manned? A question with sound, answered by one key, and what came of it.
import {order} from './acts.js';
import {showDialog} from './dialogs.js';
import {h} from './dom.js';
import {isWall} from './frame.js';
import {setDutyOpen} from './sound.js';
import {listen, may, mine, state} from './state.js';
import {t} from './words.js';

let shownID = null;
let closeShown = () => {};

/** Shows the question whenever somebody asks, and takes it away when its time is over. */
export function startDuty() {
    listen('duty', () => {
        const waiting = state.dutyChecks.find((one) => one.state === 'open');
        if (!waiting) {
            finish();
            return;
        }
        if (waiting.id === shownID || isWall() || !state.session || !may('dispatch')) return;
        // Who asks is not asked.
        if (waiting.by === state.session.user.id || waiting.by === mine()) return;
        finish();
        show(waiting);
    });
    listen('leave', finish);
}

function finish() {
    shownID = null;
    setDutyOpen(false);
    const close = closeShown;
    closeShown = () => {};
    close();
}

function show(check) {
    shownID = check.id;
    setDutyOpen(true);
    const answer = async () => {
        const made =
            await order('POST', `duty-checks/${encodeURIComponent(check.id)}/answer`, {}, t('duty.answered'));
        if (!made) return true;
        setDutyOpen(false);
        shownID = null;
        closeShown = () => {};
        return false;
    };
    closeShown = showDialog({
        title: t('duty.title'),
        css: 'duty',
        canCancel: false,
        body: [
            h('p', {class: 'duty-count'},
                h('span', {class: 'number', role: 'timer', data: {deadline: check.answerBy}}, '')),
            h('p', {}, t('duty.text'))
        ],
        acts: [{
            word: t('duty.here'),
            key: 'Enter',
            kind: 'primary big',
            isDefault: true,
            act: answer,
            id: 'duty-answer'
        }],
    });
}
