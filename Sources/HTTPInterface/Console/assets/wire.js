// Asks the gateway: JSON over the session's cookie, the CSRF word on everything that acts.

let csrf = '';
const patienceMilliseconds = 12000;

/** Keeps the session's word against forged requests. */
export function setCSRF(word) { csrf = word || ''; }

/** Why a request was not answered as wished. */
export class Refusal extends Error {
    constructor(status, document) {
        super(document.detail || `HTTP ${status}`);
        this.name = 'Refusal';
        this.status = status;
        this.reason = document.reason || '';
        this.detail = document.detail || '';
        this.retryAfter = document.retryAfter || null;
    }

    /** Whether the gateway was not reached at all. */
    get isSilent() { return this.status === 0; }
}

const listeners = {
    ended: () => {},
    unavailable: () => {},
    answered: () => {}
};

/** Whom to tell when the session has ended, or the gateway says 503. */
export function onWire(changes) { Object.assign(listeners, changes); }

async function document(response) {
    const text = await response.text();
    if (!text) return {};
    try {
        return JSON.parse(text);
    } catch (error) {
        return {};
    }
}

/** One request; `{data, etag}` or a `Refusal`. */
export async function ask(method, path, body, {ifMatch, isQuiet = false} = {}) {
    const headers = {Accept: 'application/json'};
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;
    if (ifMatch) headers['If-Match'] = ifMatch;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), patienceMilliseconds);
    let response;
    let found;
    try {
        response = await fetch(`/api/v1/${path}`, {
            method,
            headers,
            credentials: 'same-origin',
            cache: 'no-store',
            signal: patience.signal,
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        found = await document(response);
    } catch (error) {
        throw new Refusal(0, {detail: ''});
    } finally {
        clearTimeout(timer);
    }
    if (response.ok) {
        listeners.answered();
        return {data: found, etag: response.headers.get('ETag')};
    }
    if (response.status === 401 && !isQuiet) listeners.ended();
    if (response.status === 503) listeners.unavailable(found);
    throw new Refusal(response.status, {...found, retryAfter: response.headers.get('Retry-After')});
}

/** What a GET answers. */
export async function read(path, options) { return (await ask('GET', path, undefined, options)).data; }

/** All entries of a list, page after page, at most `pageLimit` pages. */
export async function readAll(path, name, cursor, pageLimit = 40) {
    const all = [];
    let next = null;
    for (let page = 0; page < pageLimit; page += 1) {
        const mark = path.includes('?') ? '&' : '?';
        const more = next === null ? '' : `${mark}${cursor}=${encodeURIComponent(next)}`;
        const found = await read(path + more);
        all.push(...(found[name] || []));
        next = found.next === undefined ? null : found.next;
        if (next === null) break;
    }
    return all;
}
