// Questions that stand before everything else, and short words at the edge.
import {button, h} from './dom.js';
import {t} from './words.js';

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
        raiseToasts();
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
                if (keys && keys(event, close)) event.preventDefault();
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
    raiseToasts();
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

/** Words at the edge stand within the foremost question: beneath it nobody would read, hear or click them. */
function raiseToasts() {
    const shelf = document.getElementById('toasts');
    const place = open.length ? open[open.length - 1] : document.body;
    if (shelf.parentNode !== place) place.append(shelf);
}

const toastMilliseconds = {
    good: 5000,
    bad: 14000
};

/** A short word at the edge: what was done, or why not. */
export function toast(text, kind = 'good') {
    const shelf = document.getElementById('toasts');
    const one = h('div', {class: `toast ${kind}`}, h('span', {}, text),
        h('button', {
            type: 'button',
            class: 'toast-close',
            'aria-label': t('act.dismiss'),
            on: {click: () => one.remove()}
        },
            '×'));
    shelf.append(one);
    while (shelf.children.length > 4) shelf.firstChild.remove();
    setTimeout(() => one.remove(), toastMilliseconds[kind]);
}
