// Sound of the seat. After the first key or click of a session the browser lets it play without another one.
import {isStale} from './feed.js';
import {isLifeWaiting, isWaiting, listen, state, tell} from './state.js';

/** The longest a seat may be mute. */
export const muteLimitMilliseconds = 120000;
const lifeEveryMilliseconds = 2600;
const lossEveryMilliseconds = 10000;

let audio = null;
let mutedUntil = 0;
let lastLife = 0;
let lastLoss = 0;
let dutyOpen = false;

/** Called by a click or a key: from then on the browser lets us sound. */
export function unlockSound() {
    if (!audio) {
        const Context = window.AudioContext || window.webkitAudioContext;
        if (!Context) return;
        audio = new Context();
        audio.onstatechange = () => tell('sound');
    }
    if (audio.state !== 'running') audio.resume().then(() => tell('sound')).catch(() => {});
}

/** `on`, `muted`, `blocked` by the browser, or `none` where it cannot sound at all. */
export function soundState() {
    if (!audio) return window.AudioContext || window.webkitAudioContext ? 'blocked' : 'none';
    if (audio.state !== 'running') return 'blocked';
    return mutedUntil > performance.now() ? 'muted' : 'on';
}

/** Whether a life-safety alarm rings now. */
export function isRinging() { return soundState() === 'on' && (dutyOpen || isLifeWaiting()); }

/** Seconds until the sound comes back by itself. */
export function muteLeft() { return Math.max(0, Math.ceil((mutedUntil - performance.now()) / 1000)); }

/** Mute for a while, or sound again. What comes in new ends the mute: nothing new is withheld. */
export function toggleMute() {
    mutedUntil = soundState() === 'muted' ? 0 : performance.now() + muteLimitMilliseconds;
    tell('sound');
}

/** Whether somebody asks if the seat is manned. */
export function setDutyOpen(isOpen) {
    dutyOpen = isOpen;
    if (isOpen) mutedUntil = 0;
    lastLife = 0;
    beat();
}

function tone(frequency, start, length, {volume = 0.25, shape = 'square'} = {}) {
    const oscillator = audio.createOscillator();
    const gain = audio.createGain();
    const begin = audio.currentTime + start;
    oscillator.type = shape;
    oscillator.frequency.value = frequency;
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(volume, begin + 0.015);
    gain.gain.setValueAtTime(volume, begin + length - 0.03);
    gain.gain.linearRampToValueAtTime(0, begin + length);
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(begin);
    oscillator.stop(begin + length + 0.02);
}

const melodies = {
    life() {
        for (let turn = 0; turn < 3; turn += 1) {
            tone(960, turn * 0.5, 0.24);
            tone(720, turn * 0.5 + 0.25, 0.24);
        }
    },
    urgent() {
        tone(740, 0, 0.22, {shape: 'triangle'});
        tone(880, 0.26, 0.3, {shape: 'triangle'});
    },
    duty() {
        tone(523, 0, 0.3, {shape: 'sine'});
        tone(659, 0.35, 0.3, {shape: 'sine'});
        tone(784, 0.7, 0.4, {shape: 'sine'});
    },
    loss() {
        tone(330, 0, 0.4, {shape: 'sawtooth', volume: 0.12});
        tone(247, 0.45, 0.6, {shape: 'sawtooth', volume: 0.12});
    },
};

function play(name) {
    if (soundState() === 'on') melodies[name]();
}

function beat() {
    const moment = performance.now();
    if (mutedUntil && mutedUntil <= moment) {
        mutedUntil = 0;
        tell('sound');
    }
    if ((dutyOpen || isLifeWaiting()) && moment - lastLife >= lifeEveryMilliseconds) {
        lastLife = moment;
        play(isLifeWaiting() ? 'life' : 'duty');
    }
    const isLost = state.hasEnded || (state.session !== null && isStale());
    if (isLost && moment - lastLoss >= lossEveryMilliseconds) {
        lastLoss = moment;
        play('loss');
    }
    const shown = isRinging() ? 'ringing' : soundState();
    if (document.body.dataset.sound !== shown) {
        document.body.dataset.sound = shown;
        tell('sound');
    }
    if (shown === 'muted') tell('muteTick');
}

function hear({incident, before}) {
    const isNew = !before || (isWaiting(incident) && !isWaiting(before)) ||
        incident.alarms.length > before.alarms.length || pressCount(incident) > pressCount(before);
    if (!isNew || !isWaiting(incident)) return;
    if (incident.urgency === 'lifeSafety') {
        mutedUntil = 0;
        lastLife = 0;
        tell('sound');
        beat();
    } else if (incident.urgency === 'urgent') {
        play('urgent');
    }
}

function pressCount(incident) {
    return incident.alarms.reduce((sum, alarm) => sum + (alarm.raiseCount || 1), 0);
}

/** Begins to watch what must be heard. */
export function startSound() {
    setInterval(beat, 250);
    listen('incident', hear);
    // A hidden page's timers run slowly; the gateway's beats do not.
    listen('beat', beat);
    for (const event of ['pointerdown', 'keydown'])
        document.addEventListener(event, unlockSound, {capture: true});
}
