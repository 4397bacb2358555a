// What the keys do.
import {showDialog} from './dialogs.js';
import {h} from './dom.js';
import {mayGo, ways} from './frame.js';
import {t} from './words.js';

const groups = [
    [
        'help.board',
        [
            ['1 – 9', 'help.number'], ['j k ↑ ↓', 'help.move'], ['Enter', 'help.enter'], ['a', 'help.claim'],
            ['o', 'help.byhand']
        ]
    ],
    [
        'help.incident',
        [
            ['a', 'help.claim'], ['s', 'help.onScene'], ['h', 'help.needHelp'], ['t', 'help.handOver'],
            ['n', 'help.note'], ['c', 'help.close'], ['Esc', 'help.back']
        ]
    ],
    [
        'help.everywhere',
        [['/', 'help.search'], ['m', 'help.mute'], ['?', 'help.help'], ['Esc', 'help.escape']]
    ],
];

/** Shows all keys. */
export function showHelp() {
    const pages =
        ways.filter(([name]) => mayGo(name)).map(([name, letter]) => row(`g ${letter}`, t(`page.${name}`)));
    showDialog({
        title: t('help.title'),
        css: 'wide',
        body: h('div', {class: 'help'},
            groups.map(([title, rows]) => h('section', {}, h('h3', {}, t(title)),
                           h('dl', {}, rows.map(([name, text]) => row(name, t(text)))))),
            h('section', {}, h('h3', {}, t('help.pages')), h('dl', {}, pages))),
        acts: [{word: t('act.close'), act: () => {}, isDefault: true, kind: 'primary'}],
        canCancel: false,
        keys: (event, close) => {
            if (event.key === 'Escape' || event.key === '?') {
                close();
                return true;
            }
            return false;
        },
    });
}

function row(name, text) {
    return h('div', {}, h('dt', {}, name.split(' ').map((one) => (one === '–' ? '–' : h('kbd', {}, one)))),
        h('dd', {}, text));
}
