// Builds elements. Every text goes in as a text node: what a server or a person wrote is never markup.

const svgSpace = 'http://www.w3.org/2000/svg';

function fill(element, properties, children) {
    for (const [name, value] of Object.entries(properties || {})) {
        if (value === undefined || value === null || value === false) continue;
        if (name === 'on') {
            for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
        } else if (name === 'data') {
            for (const [key, text] of Object.entries(value)) {
                if (text !== undefined && text !== null) element.dataset[key] = text;
            }
        } else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'selected') {
            element[name] = value;
        } else {
            element.setAttribute(name, value === true ? '' : String(value));
        }
    }
    add(element, children);
    return element;
}

function add(element, children) {
    for (const child of children) {
        if (child === undefined || child === null || child === false || child === '') continue;
        if (Array.isArray(child))
            add(element, child);
        else
            element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
}

/** An HTML element with properties and children; texts become text nodes. */
export function h(tag, properties, ...children) {
    return fill(document.createElement(tag), properties, children);
}

/** An SVG element. */
export function s(tag, properties, ...children) {
    return fill(document.createElementNS(svgSpace, tag), properties, children);
}

/**
 * Replaces what a container shows and gives the focus back to what carries the same `data-focus`.
 * What looks the same stays, so that a press that has begun still finds its button.
 */
export function paint(container, ...children) {
    const active = document.activeElement;
    const key = container.contains(active) ? active.dataset.focus : undefined;
    const tops =
        [...container.querySelectorAll('[data-scroll]')].map((part) => [part.dataset.scroll, part.scrollTop]);
    const fragment = document.createDocumentFragment();
    add(fragment, children);
    if (isSame(container.childNodes, fragment.childNodes)) return container;
    container.replaceChildren(fragment);
    for (const [name, top] of tops) {
        const part = container.querySelector(`[data-scroll="${name}"]`);
        if (part) part.scrollTop = top;
    }
    if (key !== undefined) {
        const next = [...container.querySelectorAll('[data-focus]')].find((one) => one.dataset.focus === key);
        if (next) next.focus({preventScroll: true});
    }
    return container;
}

function isSame(old, fresh) {
    return old.length === fresh.length && [...old].every((one, index) => one.isEqualNode(fresh[index]));
}

/** Sets a text only where it differs, so that nothing is painted anew without need. */
export function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

const paintRestMilliseconds = 60;

/**
 * A painter for events: the first event paints at once, those that follow within `rest` milliseconds are painted
 * together, however many come. A painting (or reading, where `act` answers a promise) that takes long makes the next
 * one wait longer. `stop()` ends it.
 */
export function calmly(act, rest = paintRestMilliseconds) {
    let timer = null;
    let readyAt = 0;
    let isRunning = false;
    let isWanted = false;
    let isStopped = false;
    function painter() {
        isWanted = isRunning;
        if (isRunning || isStopped || timer !== null) return;
        const left = readyAt - performance.now();
        if (left > 0)
            timer = setTimeout(run, left);
        else
            run();
    }
    function run() {
        timer = null;
        isRunning = true;
        const begun = performance.now();
        const finish = () => {
            isRunning = false;
            const end = performance.now();
            readyAt = end + Math.max(rest, end - begun);
            if (isWanted) painter();
        };
        let made = null;
        try {
            made = act();
        } finally {
            if (made instanceof Promise)
                made.finally(finish);
            else
                finish();
        }
    }
    painter.stop = () => {
        isStopped = true;
        clearTimeout(timer);
    };
    return painter;
}

/** A polite word for those who listen to the screen. */
export function say(text) { speak('say', text); }

/** A word that interrupts: alarms and losses. */
export function shout(text) { speak('shout', text); }

function speak(id, text) {
    const region = document.getElementById(id);
    if (!region) return;
    region.textContent = '';
    setTimeout(() => {
        region.textContent = text;
    }, 30);
}

/** A key as it is printed on the keyboard. */
export function key(name) { return h('kbd', {'aria-hidden': 'true'}, name); }

/** A button with a word and, where it has one, its key. */
export function button(word, act, {key: name, kind = '', focus, label, disabled, id} = {}) {
    return h('button', {
        type: 'button',
        class: `button ${kind}`.trim(),
        'aria-label': label,
        disabled,
        id,
        'aria-keyshortcuts': name,
        data: {focus},
        on: {click: act},
    },
        h('span', {}, word), name ? key(name) : null);
}
