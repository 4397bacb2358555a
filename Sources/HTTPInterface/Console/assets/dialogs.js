// Questions that stand before everything else, and short words about what was done.
import {button, h} from './dom.js';
import {t} from './words.js';

const shelf = document.getElementById('toasts');
let open = [];

/** Whether a question stands open: then the keys of the page rest. */
export function isAsking() { return open.length > 0; }

/** Shows a dialog; `acts` are `{word, kind, key, act, isDefault}`; the answer closes it. */
export function showDialog(
    {title, body, acts = [], css = '', isModal = true, canCancel = true, onClose = () => {}, keys}) {
    const opener = document.activeElement;
    const heading = `dialog-${Date.now()}-${open.length}`;
    let isClosed = false;
    const close = () => {
        if (isClosed) return;
        isClosed = true;
        open = open.filter((one) => one !== dialog);
        placeToasts();
        if (dialog.open) dialog.close();
        dialog.remove();
        if (opener && opener.isConnected && opener.focus) opener.focus({preventScroll: true});
        onClose();
    };
    const run = async (act) => {
        const keepsOpen = await act.act();
        if (keepsOpen !== true) close();
    };
    const footer = h('footer', {class: 'dialog-acts'},
        canCancel ? button(t('act.cancel'), close, {key: 'Esc', kind: 'quiet'}) : null,
        acts.map((act) => h('button', {
            type: act.isDefault ? 'submit' : 'button',
            class: `button ${act.kind || ''}`,
            id: act.id,
            on: act.isDefault ? {} : {click: () => run(act)},
        },
                     h('span', {}, act.word), act.key ? h('kbd', {'aria-hidden': 'true'}, act.key) : null)));
    const form = h('form', {
        method: 'dialog',
        novalidate: true,
        on: {
            submit: (event) => {
                event.preventDefault();
                const act = acts.find((one) => one.isDefault);
                if (act) run(act);
            }
        }
    },
        h('h2', {id: heading}, title), h('div', {class: 'dialog-body'}, body), footer);
    const dialog = h('dialog', {
        class: `dialog ${css}`,
        'aria-labelledby': heading,
        on: {
            cancel: (event) => {
                event.preventDefault();
                if (canCancel) close();
            },
            keydown: (event) => {
                event.stopPropagation();
                // In a field of search Escape would only empty it; here it always ends the question.
                const isEnd = canCancel && event.key === 'Escape' && !event.isComposing;
                if (isEnd) close();
                if (isEnd || (keys && keys(event, close))) event.preventDefault();
            },
        }
    },
        form);
    document.body.append(dialog);
    open.push(dialog);
    if (isModal)
        dialog.showModal();
    else
        dialog.show();
    placeToasts();
    const first = dialog.querySelector('[autofocus], input, textarea, select') ||
        dialog.querySelector('button[type=submit], .dialog-acts button:last-child');
    if (first) first.focus();
    return close;
}

/** A line in a dialog where what went wrong is told. */
export function complaint() { return h('p', {class: 'complaint', role: 'alert'}); }

/** A labelled field. */
export function field(label, input, hint) {
    return h('label', {class: 'field'}, h('span', {class: 'field-label'}, label), input,
        hint ? h('span', {class: 'field-hint'}, hint) : null);
}

/**
 * Short words have a place of their own where nothing can be pressed: beside the line that never lies, and above
 * the foremost question, beneath which nobody would read, hear or click them.
 */
export function placeToasts() {
    const line = document.querySelector('.status') || document.body;
    const place = open.length ? open[open.length - 1] : line;
    if (shelf.parentNode !== place) place.append(shelf);
}

const toastMilliseconds = {
    good: 5000,
    bad: 14000
};

const toastLimit = 2;

/** A short word: what was done, or why not. */
export function toast(text, kind = 'good') {
    placeToasts();
    const one = h('div', {class: `toast ${kind}`}, h('span', {}, text),
        h('button', {
            type: 'button',
            class: 'toast-close',
            'aria-label': t('act.dismiss'),
            on: {click: () => one.remove()}
        },
            '×'));
    // The same word again is one word, said anew.
    for (const old of [...shelf.children])
        if (old.className === one.className && old.textContent === one.textContent) old.remove();
    shelf.append(one);
    while (shelf.children.length > toastLimit)
        (shelf.querySelector('.toast:not(.bad):not(:last-child)') || shelf.firstChild).remove();
    setTimeout(() => one.remove(), toastMilliseconds[kind]);
}
