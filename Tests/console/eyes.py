"""What a program can see of a page: names and roles, contrast of what is painted, and what lies over what."""

# Everything that can be pressed or filled in has a name and is large enough; roles and references are whole.
NAMES = """
const faults = [];
const seen = (one) => one.getClientRects().length > 0 && !one.closest('.unseen, [hidden]');
const short = (one) => one.outerHTML.slice(0, 110);
const textOf = (one) => [...one.childNodes].map((part) => part.nodeType === 3 ? part.data
    : part.nodeType !== 1 || part.getAttribute('aria-hidden') === 'true' ? ''
    : part.getAttribute('aria-label') || part.getAttribute('alt') || textOf(part)).join('').trim();
const nameOf = (one) => one.getAttribute('aria-label') || textOf(one) || one.placeholder
    || (one.labels && [...one.labels].map(textOf).join(' ')) || '';
const pressed = 'button, a[href], input, select, textarea, summary, [role=option]';
for (const one of document.querySelectorAll(pressed)) {
    if (!seen(one)) continue;
    if (!nameOf(one).trim()) faults.push('no name: ' + short(one));
    const box = (one.closest('label') || one).getBoundingClientRect();
    const isInText = one.matches('a[href]') && getComputedStyle(one).display === 'inline';
    if (!isInText && (box.height < 24 || box.width < 24)) faults.push('smaller than 24 px: ' + short(one));
}
for (const one of document.querySelectorAll('[aria-labelledby], [aria-controls], [aria-activedescendant]')) {
    for (const name of ['aria-labelledby', 'aria-controls', 'aria-activedescendant']) {
        const id = one.getAttribute(name);
        if (id && !document.getElementById(id)) faults.push(name + ' leads nowhere: ' + short(one));
    }
}
const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place))) faults.push('id twice: ' + id);
for (const one of document.querySelectorAll('img:not([alt]), svg:not([aria-hidden]):not([role])'))
    faults.push('a picture without a word: ' + short(one));
for (const one of document.querySelectorAll('[aria-hidden=true] a, [aria-hidden=true] button'))
    faults.push('hidden from listeners, yet to be pressed: ' + short(one));
for (const one of document.querySelectorAll('section, nav, aside, [role=region], dialog, [role=toolbar]')) {
    const heading = one.querySelector('h1, h2');
    if (!one.getAttribute('aria-label') && !one.getAttribute('aria-labelledby') && !heading)
        faults.push('a part without a name: ' + short(one));
}
for (const one of document.querySelectorAll('table')) {
    if (seen(one) && one.rows.length > 1 && !one.querySelector('th') && !one.getAttribute('aria-label'))
        faults.push('a table without heads: ' + short(one));
}
if (document.querySelectorAll('h1').length !== 1) faults.push(document.querySelectorAll('h1').length + ' h1');
if (document.querySelectorAll('main').length !== 1) faults.push('not one main');
if (!/^(zh-Hans|en)$/.test(document.documentElement.lang)) faults.push('no language');
for (const role of ['status', 'alert'])
    if (!document.querySelector(`[role=${role}][aria-live]`)) faults.push('nobody hears: ' + role);
return faults;
"""

# WCAG AA of every text as it is painted: colours through all transparencies, over the ground that is beneath.
CONTRAST = """
const parse = (text) => {
    const found = /rgba?\\(([^)]+)\\)/.exec(text);
    if (!found) return null;
    const [red, green, blue, alpha] = found[1].split(/[ ,/]+/).map(Number);
    return [red, green, blue, alpha === undefined ? 1 : alpha];
};
const over = (top, ground) => [0, 1, 2].map((at) => top[at] * top[3] + ground[at] * (1 - top[3])).concat(1);
const light = (colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const groundOf = (one) => {
    const layers = [];
    for (let place = one; place; place = place.parentElement) {
        const colour = parse(getComputedStyle(place).backgroundColor);
        if (colour && colour[3] > 0) layers.push(colour);
        if (colour && colour[3] === 1) break;
    }
    return layers.reverse().reduce((ground, layer) => over(layer, ground), [255, 255, 255, 1]);
};
const faults = new Map();
let count = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const node = walker.currentNode;
    const one = node.parentElement;
    if (!node.data.trim() || !one.getClientRects().length) continue;
    if (one.closest('.unseen, noscript, script, option, :disabled, [aria-disabled=true]')) continue;
    const modal = document.querySelector('dialog[open]');
    if (modal && !modal.contains(one)) continue;
    const style = getComputedStyle(one);
    const colour = parse(one instanceof SVGElement ? style.fill : style.color);
    if (!colour) continue;
    for (let place = one; place; place = place.parentElement)
        colour[3] *= Number(getComputedStyle(place).opacity);
    const ground = groundOf(one);
    const [high, low] = [light(over(colour, ground)), light(ground)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    count += 1;
    if (ratio < least)
        faults.set(one.className + '|' + ratio.toFixed(2), `${ratio.toFixed(2)} of ${least}: `
            + `${one.tagName}.${one.className.baseVal ?? one.className} ${node.data.trim().slice(0, 24)}`);
}
return count ? [...faults.values()] : ['no text was looked at'];
"""

# What can be pressed and lies under a short word, at its centre or near a corner.
COVERED = """
const shelf = document.getElementById('toasts');
const toasts = [...shelf.querySelectorAll('.toast')];
if (!toasts.length) return ['there is no short word'];
const faults = [];
for (const one of toasts) {
    const box = one.getBoundingClientRect();
    const found = document.elementFromPoint(box.x + 12, box.y + box.height / 2);
    if (!found || !shelf.contains(found)) faults.push('a short word is not in sight: ' + one.textContent);
    if (one.scrollHeight > one.clientHeight + 2) faults.push('a short word is cut: ' + one.textContent);
}
const modal = document.querySelector('dialog[open]');
for (const one of document.querySelectorAll('button, a[href], input, select, textarea, summary, .found li')) {
    if (shelf.contains(one) || (modal && !modal.contains(one))) continue;
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    for (const [across, down] of [[0.5, 0.5], [0.05, 0.1], [0.95, 0.1], [0.05, 0.9], [0.95, 0.9]]) {
        const found = document.elementFromPoint(box.x + box.width * across, box.y + box.height * down);
        if (found && shelf.contains(found)) faults.push('covered: ' + one.outerHTML.slice(0, 100));
    }
}
return [...new Set(faults)];
"""

# Whether the focus is in sight and to be seen: an outline around something that is not covered.
FOCUS = """
const one = document.activeElement;
if (!one || one === document.body || one.id === 'page') return '';
const style = getComputedStyle(one);
const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
if (!isSeen) return 'no outline: ' + one.outerHTML.slice(0, 90);
const box = one.getBoundingClientRect();
if (box.bottom < 0 || box.top > window.innerHeight) return 'out of sight: ' + one.outerHTML.slice(0, 90);
return '';
"""
