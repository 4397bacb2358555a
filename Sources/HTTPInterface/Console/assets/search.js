// Finds an elder by name, telephone or address.
import {refusalText} from './acts.js';
import {showDialog} from './dialogs.js';
import {h, paint} from './dom.js';
import {navigateTo} from './frame.js';
import {addressEnd, homeSign} from './signs.js';
import {read} from './wire.js';
import {listed, t} from './words.js';

const waitMilliseconds = 200;

/** A field that finds homes while one types; `choose` gets the home. */
export function homeFinder(choose, {label = t('search.label')} = {}) {
    const list = h('ul', {class: 'found', role: 'listbox', id: 'found', 'aria-label': t('search.found')});
    const word = h('p', {class: 'muted small found-word', role: 'status'}, t('search.how'));
    let homes = [];
    let place = 0;
    let timer = null;
    let turn = 0;
    const input = h('input', {
        type: 'search',
        class: 'found-input',
        'aria-label': label,
        placeholder: label,
        role: 'combobox',
        'aria-controls': 'found',
        'aria-expanded': 'true',
        autocomplete: 'off',
        spellcheck: 'false',
        autofocus: true,
        on: {
            input: () => {
                clearTimeout(timer);
                timer = setTimeout(find, waitMilliseconds);
            },
            keydown: (event) => {
                if (event.isComposing) return;
                const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
                if (step && homes.length) {
                    event.preventDefault();
                    place = (place + step + homes.length) % homes.length;
                    show();
                } else if (event.key === 'Enter' && homes[place]) {
                    event.preventDefault();
                    choose(homes[place]);
                }
            },
        }
    });
    async function find() {
        const text = input.value.trim();
        turn += 1;
        const own = turn;
        if (!text) {
            homes = [];
            show();
            word.textContent = t('search.how');
            return;
        }
        try {
            const found = await read(`homes?limit=12&search=${encodeURIComponent(text)}`);
            if (own !== turn) return;
            homes = found.homes || [];
            place = 0;
            word.textContent = homes.length ? t('search.count', {n: homes.length}) : t('search.none', {text});
            show();
        } catch (refusal) {
            if (own === turn) word.textContent = refusalText(refusal);
        }
    }
    function show() {
        paint(list,
            homes.map(
                (home, index) => h('li', {
                    id: `found-${index}`,
                    role: 'option',
                    'aria-selected': String(index === place),
                    class: index === place ? 'chosen' : '',
                    on: {click: () => choose(home)}
                },
                    homeSign(home),
                    h('span', {class: 'found-name'},
                        h('strong', {},
                            listed((home.residents || []).map((one) => one.name)) || home.name),
                        h('span', {class: 'muted'}, home.name)),
                    addressEnd(home.address),
                    h('span', {class: 'number'},
                        (home.residents || []).map((one) => one.telephone).filter(Boolean).join(' ')))));
        input.setAttribute('aria-activedescendant', homes.length ? `found-${place}` : '');
    }
    return {input, element: h('div', {class: 'finder'}, input, word, list)};
}

/** Asks whom to look for, and goes there. */
export function openSearch() {
    const finder = homeFinder((home) => {
        done();
        navigateTo(`home/${encodeURIComponent(home.id)}`);
    });
    const done = showDialog({title: t('search.title'), body: finder.element, css: 'wide high'});
}
