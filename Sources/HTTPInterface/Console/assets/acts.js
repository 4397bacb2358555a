// What a person does to incidents, homes and the seat; each answers whether it was taken in.
import {toast} from './dialogs.js';
import {say} from './dom.js';
import {incidentNow} from './feed.js';
import {isOpen, mine, responderName} from './state.js';
import {ask} from './wire.js';
import {kindTitle, t, word} from './words.js';

const triesLimit = 4;

/** Why the gateway said no, in words for the seat. */
export function refusalText(refusal) {
    if (refusal.isSilent) return t('refusal.silent');
    if (refusal.status === 401) return t('refusal.ended');
    if (refusal.status === 403) return t('refusal.forbidden');
    if (refusal.status === 404) return t('refusal.notFound');
    if (refusal.status === 503) return t('refusal.unavailable');
    const known = word('reason', refusal.reason);
    if (known !== refusal.reason) return known;
    if (refusal.status === 409 || refusal.status === 412) return t('refusal.movedOn');
    return t('refusal.other', {status: refusal.status, detail: refusal.detail});
}

/** An incident in a few words: what and where. */
export function nameOf(incident) { return `${kindTitle(incident.kind, incident.title)} · ${incident.home.name}`; }

/** Takes an incident over, unless another seat was faster: then its name is told. */
export async function claim(incident) {
    let etag = `"${incident.revision}"`;
    for (let tries = 0; tries < triesLimit; tries += 1) {
        try {
            await ask('POST', `incidents/${incident.id}/acknowledge`, {}, {ifMatch: etag});
            toast(t('claim.done', {incident: nameOf(incident)}));
            say(t('claim.done', {incident: nameOf(incident)}));
            incidentNow(incident.id).catch(() => {});
            return true;
        } catch (refusal) {
            const hasMoved = refusal.status === 409 || refusal.status === 412;
            if (!hasMoved) {
                toast(t('claim.failed', {incident: nameOf(incident), why: refusalText(refusal)}), 'bad');
                return false;
            }
            const now = await incidentNow(incident.id).catch(() => null);
            const holder = now && now.incident.answeredBy;
            if (now && !isOpen(now.incident)) {
                toast(t('claim.closed', {incident: nameOf(incident), who: responderName(holder)}), 'bad');
                return false;
            }
            if (holder && holder === mine()) return true;
            if (refusal.status === 409 || !now || (holder && holder !== incident.answeredBy)) {
                const who = holder ? responderName(holder) : t('claim.somebody');
                toast(t('claim.lost', {incident: nameOf(incident), who}), 'bad');
                return false;
            }
            // Only a delivery report or the like moved it on: the claim still means the same.
            etag = now.etag;
        }
    }
    toast(t('claim.failed', {incident: nameOf(incident), why: t('refusal.movedOn')}), 'bad');
    return false;
}

async function act(incident, path, body, done) {
    try {
        await ask('POST', `incidents/${incident.id}/${path}`, body);
        if (done) toast(t(done, {incident: nameOf(incident)}));
        incidentNow(incident.id).catch(() => {});
        return true;
    } catch (refusal) {
        toast(t('act.failed', {why: refusalText(refusal)}), 'bad');
        if (refusal.status === 409 || refusal.status === 412) incidentNow(incident.id).catch(() => {});
        return false;
    }
}

/** Says that somebody is there. */
export function arrive(incident) { return act(incident, 'on-scene', {}, 'done.onScene'); }

/** Calls more people. */
export function needHelp(incident) { return act(incident, 'need-help', {}, 'done.needHelp'); }

/** Ends an incident with what it was. */
export function close(incident, disposition, note) {
    return act(incident, 'close', note ? {disposition, note} : {disposition}, 'done.closed');
}

/** Gives an incident to another responder. */
export function handOver(incident, to) { return act(incident, 'hand-over', {to}, 'done.handOver'); }

/** Writes into the incident's timeline. */
export function writeNote(incident, text, done = 'done.note') { return act(incident, 'note', {text}, done); }

/** Any other act; the answer is what was made, or null. */
export async function order(method, path, body, done) {
    try {
        const {data} = await ask(method, path, body);
        if (done) toast(done);
        return data;
    } catch (refusal) {
        toast(t('act.failed', {why: refusalText(refusal)}), 'bad');
        return null;
    }
}
