// The gateway's clock, carried on by the monotonic clock of the browser: a wrong clock of the PC does not
// matter.
import {setText} from './dom.js';
import {currentLanguage, t} from './words.js';

let gatewayNow = null;
let heardAt = 0;

/** Takes the gateway's time. */
export function hearTime(text) {
    const milliseconds = Date.parse(text);
    if (Number.isNaN(milliseconds)) return;
    gatewayNow = milliseconds;
    heardAt = performance.now();
}

/** Whether the gateway has said what time it is. */
export function isTimeKnown() { return gatewayNow !== null; }

/** Now, by the gateway's clock, in milliseconds. */
export function now() { return gatewayNow === null ? Date.now() : gatewayNow + performance.now() - heardAt; }

function two(number) { return String(number).padStart(2, '0'); }

/** `14:03:22`, or with its day when that is not today. */
export function clock(text, {seconds = true, day = 'auto'} = {}) {
    if (!text) return '—';
    const moment = new Date(text);
    if (Number.isNaN(moment.getTime())) return String(text);
    const time = `${two(moment.getHours())}:${two(moment.getMinutes())}${
        seconds ? `:${two(moment.getSeconds())}` : ''}`;
    const today = new Date(now());
    if (day === 'never' || (day === 'auto' && moment.toDateString() === today.toDateString())) return time;
    return `${date(moment)} ${time}`;
}

/** `11-22`, with the year when it is another one. */
export function date(value) {
    const moment = new Date(value);
    const short = `${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
    return moment.getFullYear() === new Date(now()).getFullYear() ? short
                                                                  : `${moment.getFullYear()}-${short}`;
}

/** `2026-11-22`. */
export function isoDay(milliseconds) {
    const moment = new Date(milliseconds);
    return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** `3:05`, `1:02:09`; a time that has run out has a plus. */
export function countdown(milliseconds) {
    const isOver = milliseconds < 0;
    const seconds = Math.floor(Math.abs(milliseconds) / 1000);
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const rest = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
    return isOver ? `+${rest}` : rest;
}

/** `45 s`, `3 min`, `2 h 10 min`, `3 days` in the language of the seat. */
export function span(seconds) {
    if (seconds === null || seconds === undefined) return '—';
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return t('span.seconds', {n: whole});
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return t('span.minutes', {n: minutes});
    const hours = Math.floor(minutes / 60);
    if (hours < 48)
        return minutes % 60 ? t('span.hoursMinutes', {n: hours, m: minutes % 60})
                            : t('span.hours', {n: hours});
    return t('span.days', {n: Math.floor(hours / 24)});
}

/** `2 min ago`. */
export function ago(text) { return t('span.ago', {span: span((now() - Date.parse(text)) / 1000)}); }

/** `12.5 %`; a dash where there is nothing to divide. */
export function percent(share, digits = 1) {
    if (share === null || share === undefined || Number.isNaN(share)) return '—';
    return `${(share * 100).toFixed(digits)} %`;
}

/** A number in the way of the language. */
export function number(value, digits = 0) {
    if (value === null || value === undefined) return '—';
    return value.toLocaleString(currentLanguage() === 'en' ? 'en' : 'zh', {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
    });
}

function tick() {
    const moment = now();
    for (const element of document.querySelectorAll('[data-deadline]')) {
        const left = Date.parse(element.dataset.deadline) - moment;
        setText(element, countdown(left));
        element.classList.toggle('over', left < 0);
        element.classList.toggle('near', left >= 0 && left < 30000);
    }
    for (const element of document.querySelectorAll('[data-since]')) {
        setText(element, countdown(Math.max(0, moment - Date.parse(element.dataset.since))));
    }
    for (const element of document.querySelectorAll('[data-ago]')) setText(element, ago(element.dataset.ago));
    for (const element of document.querySelectorAll('[data-clock]')) {
        setText(element, isTimeKnown() ? clock(new Date(moment).toISOString(), {day: 'never'}) : '--:--:--');
    }
}

/** Keeps all times on the page running. */
export function startTicking() { setInterval(tick, 250); }

/** Brings the times of what was just painted up to date. */
export function tickNow() { tick(); }
