// Charts as plain drawings with their numbers beside them; each has its table for those who listen.
import {h, s} from './dom.js';
import {t} from './words.js';

const height = 220;
const left = 44;
const right = 14;
const top = 22;
const bottom = 30;

/** Round steps from nothing to the greatest value, at most five. */
export function ticks(most) {
    const power = 10 ** Math.floor(Math.log10(Math.max(1, most / 4)));
    const step = [1, 2, 5, 10].map((one) => one * power).find((one) => Math.ceil(most / one) <= 5);
    const count = Math.max(1, Math.ceil(most / step));
    return Array.from({length: count + 1}, (whole, index) => index * step);
}

const usualWidth = 640;
const broadWidth = 1280;

function text(x, y, words, css = '', anchor = 'middle') {
    return s('text', {x, y, class: `chart-text ${css}`, 'text-anchor': anchor}, words);
}

function frame(title, parts, rows, {note, width}) {
    return h('figure', {class: 'chart'},
        h('figcaption', {}, title, note ? h('span', {class: 'muted small'}, ` ${note}`) : null),
        s('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': title}, parts),
        h('details', {class: 'chart-table'}, h('summary', {}, t('chart.table')),
            h('table', {class: 'table tight'},
                h('tbody', {},
                    rows.map((row) => h('tr', {}, h('th', {scope: 'row'}, row[0]),
                                 row.slice(1).map((one) => h('td', {class: 'number'}, one))))))));
}

function axis(steps, format, width) {
    const parts = [];
    const low = steps[0];
    const most = steps[steps.length - 1];
    const y = (value) => top + (height - top - bottom) * (1 - (value - low) / (most - low));
    for (const value of steps) {
        parts.push(s('line', {
            x1: left,
            x2: width - right,
            y1: y(value),
            y2: y(value),
            class: value > low ? 'chart-grid' : 'chart-axis'
        }));
        parts.push(text(left - 6, y(value) + 4, format(value), 'quiet', 'end'));
    }
    return {parts, y};
}

function limitLines(limits, y, most, width) {
    return limits.filter((limit) => limit.value <= most)
        .map((limit) => [s('line', {
            x1: left,
            x2: width - right,
            y1: y(limit.value),
            y2: y(limit.value),
            class: `chart-limit ${limit.tone}`
        }),
                 text(left + 4, y(limit.value) - 5, limit.word, limit.tone, 'start')]);
}

/** Whether a place has its label: about ten of all, and never the same one twice running. */
function labelled(values, index) {
    const firsts = values.map((one, place) => place).filter(
        (place) => place === 0 || values[place].label !== values[place - 1].label);
    const step = Math.ceil(firsts.length / 10);
    const turn = firsts.indexOf(index);
    return turn >= 0 && turn % step === 0;
}

/** Upright columns: `{label, value, tone, title}`; `marks` stand between columns, `limits` lie across. */
export function columns(title, values, {
    limits = [],
    marks = [],
    format = String,
    note,
    showsValues = values.length <= 16,
    unit = '',
    isBroad = false
} = {}) {
    const width = isBroad ? broadWidth : usualWidth;
    const steps =
        ticks(Math.max(1, ...values.map((one) => one.value), ...limits.map((limit) => limit.value)));
    const most = steps[steps.length - 1];
    const {parts, y} = axis(steps, format, width);
    const step = (width - left - right) / Math.max(1, values.length);
    const body = values.map((one, index) => {
        const x = left + index * step;
        const gap = Math.min(10, step * 0.2);
        return s('g', {}, s('title', {}, `${one.title || one.label}: ${format(one.value)}${unit}`),
            s('rect', {
                x: x + gap / 2,
                y: y(one.value),
                width: Math.max(1, step - gap),
                height: Math.max(0, height - bottom - y(one.value)),
                class: `chart-bar ${one.tone || ''}`
            }),
            showsValues ? text(x + step / 2, y(one.value) - 4, format(one.value)) : null,
            labelled(values, index) ? text(x + step / 2, height - bottom + 17, one.label, 'quiet')
                                           : null);
    });
    const between = marks.map((mark) => {
        const index = values.findIndex((one) => one.upTo === mark.upTo);
        if (index < 0) return null;
        const x = left + (index + 1) * step;
        return [
            s('line', {x1: x, x2: x, y1: top - 6, y2: height - bottom, class: `chart-limit ${mark.tone}`}),
            text(x - 4, top - 8, mark.word, mark.tone, 'end')
        ];
    });
    return frame(title, [parts, body, limitLines(limits, y, most, width), between],
        values.map((one) => [one.title || one.label, format(one.value)]), {note, width});
}

/** A line over days, shares from 0 to 1; days without a value are gaps. */
export function line(title, values, {limits = [], format, note} = {}) {
    const width = usualWidth;
    const least =
        Math.min(1, ...values.filter((one) => typeof one.value === 'number').map((one) => one.value));
    const low = least >= 0.8 ? 0.8 : least >= 0.5 ? 0.5 : 0;
    const {parts, y} = axis([0, 1, 2, 3, 4, 5].map((one) => low + one * (1 - low) / 5), format, width);
    const step = (width - left - right) / Math.max(1, values.length);
    const x = (index) => left + (index + 0.5) * step;
    const runs = [];
    values.forEach((one, index) => {
        if (one.value === null || one.value === undefined) {
            runs.push([]);
            return;
        }
        if (!runs.length) runs.push([]);
        runs[runs.length - 1].push(`${x(index)},${y(one.value)}`);
    });
    const body = [
        runs.filter((run) => run.length > 1)
            .map((run) => s('polyline', {points: run.join(' '), class: 'chart-line'})),
        values.map(
            (one, index) => [one.value === null || one.value === undefined
                    ? null
                    : s('circle', {cx: x(index), cy: y(one.value), r: 3.5, class: 'chart-dot'},
                          s('title', {}, `${one.title || one.label}: ${format(one.value)}`)),
                labelled(values, index) ? text(x(index), height - bottom + 17, one.label, 'quiet')
                                               : null])
    ];
    return frame(title, [parts, limitLines(limits, y, 1, width), body],
        values.map((one) => [one.title || one.label,
                       one.value === null || one.value === undefined ? '—' : format(one.value)]),
        {note, width});
}

/** A share as a bar in a row of a table. */
export function shareBar(share, tone = '', mark) {
    const whole = Math.max(0, Math.min(1, share || 0)) * 100;
    return s('svg',
        {class: 'share-bar', viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true'},
        s('rect', {x: 0, y: 0, width: 100, height: 8, class: 'share-back'}),
        s('rect', {x: 0, y: 0, width: whole, height: 8, class: `share-fill ${tone}`}),
        mark === undefined
            ? null
            : s('rect', {x: mark * 100 - 0.4, y: 0, width: 0.8, height: 8, class: 'share-mark'}));
}

/** A big number with what it means, and whether it is as it should be. */
export function figure(value, caption, tone = '', hint = '') {
    return h('li', {class: `figure ${tone}`}, h('span', {class: 'figure-number number'}, value),
        h('span', {class: 'figure-caption'}, caption), hint ? h('span', {class: 'muted small'}, hint) : null);
}
