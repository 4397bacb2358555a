// Reports: how fast, how often in vain, how much for one seat, who was visited, what could be heard.
import {columns, figure, line, shareBar} from './charts.js';
import {h, paint} from './dom.js';
import {choices, pageHead, reader} from './lists.js';
import {colourPlate, empty} from './signs.js';
import {clock, date, isoDay, now, number, percent, span} from './time.js';
import {read} from './wire.js';
import {t, word} from './words.js';

const dayMilliseconds = 86400000;

/** A rule as people know it: what somebody opened by hand has the kind's word. */
function ruleText(rule) {
    const [first, kind] = String(rule).split('/');
    return first === 'byHand' && kind ? `${word('kind', kind)} · ${t('alarm.byHand')}` : rule;
}

/** Shares that telecare's quality standards ask for. */
export const targets = {
    within60: 0.975,
    within180: 0.99,
    visits: 1
};
const names = ['answer-times', 'operator-load', 'false-alarms', 'visits', 'availability'];

/** Shows one report at a time over a span of days. */
export function showReports(main) {
    let name = names[0];
    let days = 7;
    const today = isoDay(now());
    const from = h('input', {type: 'date', 'aria-label': t('report.from'), max: today});
    const to = h('input', {type: 'date', 'aria-label': t('report.to'), max: today});
    const place = h('div', {class: 'page-body report'});
    const csv = h('a', {class: 'button quiet', id: 'csv', download: true}, t('report.csv'));
    const setDays = (count) => {
        days = count;
        to.value = today;
        from.value = isoDay(now() - (count - 1) * dayMilliseconds);
    };
    const query = () => {
        const begin = new Date(`${from.value}T00:00:00`);
        const end = new Date(`${to.value}T00:00:00`);
        end.setDate(end.getDate() + 1);
        return `from=${encodeURIComponent(begin.toISOString())}&to=${
            encodeURIComponent(new Date(Math.min(end.getTime(), now())).toISOString())}`;
    };
    const again = reader(place, () => {
        csv.href = `/api/v1/reports/${name}?${query()}&format=csv`;
        return read(`reports/${name}?${query()}`);
    }, (found) => bodies[name](found));
    const spans = choices(t('report.span'),
        [[1, t('report.today')], [7, t('report.week')], [30, t('report.month')]], days, (count) => {
            setDays(count);
            again();
        });
    for (const input of [from, to])
        input.addEventListener('change', () => {
            if (from.value && to.value && from.value <= to.value) again();
        });
    setDays(days);
    paint(main,
        pageHead(t('page.reports'),
            choices(t('report.which'), names.map((one) => [one, t(`report.${one}`)]), name,
                (one) => {
                    name = one;
                    again({isQuiet: false});
                }),
            h('span', {class: 'spring'}), spans, h('span', {class: 'inline'}, from, '–', to), csv),
        place);
    again();
    return () => {};
}

const good = (share, target) => (share === null || share === undefined ? ''
        : share >= target                                              ? 'good'
                                                                       : 'bad');
const heads = (list) => h('thead', {}, h('tr', {}, list.map((text) => h('th', {scope: 'col'}, text))));
const panel = (title, ...more) => h('section', {class: 'panel'}, h('h2', {}, title), more);

function shareTable(title, first, rows, {tone = () => '', mark} = {}) {
    return panel(title,
        rows.length
            ? h('table', {class: 'table tight shares'}, heads([first, t('report.count'), t('report.share')]),
                  h('tbody', {},
                      rows.map((row) => h('tr', {}, h('th', {scope: 'row'}, row.name),
                                   h('td', {class: 'number nowrap'}, row.count),
                                   h('td', {class: 'share-cell'}, shareBar(row.share, tone(row.share), mark),
                                       h('span', {class: 'number'}, percent(row.share)))))))
            : empty(t('report.nothing')));
}

const bodies = {
    'answer-times': (found) => {
        if (!found.incidents) return empty(t('report.nothing'));
        return [
            h('ul', {class: 'figures'},
                figure(number(found.incidents), t('report.incidents'), '',
                    t('report.answered', {n: found.answered})),
                figure(percent(found.shareWithin60), t('report.within60'),
                    good(found.shareWithin60, targets.within60),
                    t('report.target', {share: percent(targets.within60)})),
                figure(percent(found.shareWithin180), t('report.within180'),
                    good(found.shareWithin180, targets.within180),
                    t('report.target', {share: percent(targets.within180, 0)})),
                figure(span(found.median), t('report.median')), figure(span(found.p90), t('report.p90')),
                figure(span(found.onSceneMedian), t('report.onScene'))),
            h('div', {class: 'charts'},
                columns(t('report.buckets'), found.buckets.map((one) => ({
                    label: bucketLabel(one),
                    value: one.count,
                    upTo: one.upToSeconds,
                    tone: one.upToSeconds && one.upToSeconds <= 60  ? ''
                        : one.upToSeconds && one.upToSeconds <= 180 ? 'warn'
                                                                    : 'bad'
                })),
                    {
                        marks: [
                            {upTo: 60, word: t('span.seconds', {n: 60}), tone: 'good'},
                            {upTo: 180, word: t('span.seconds', {n: 180}), tone: 'bad'}
                        ]
                    }),
                line(t('report.byDay'), found.byDay.map((one) => ({
                    label: dayLabel(one.day),
                    title: `${one.day} (${one.count})`,
                    value: one.count ? one.shareWithin60 : null
                })),
                    {
                        limits: [{value: targets.within60, word: percent(targets.within60), tone: 'good'}],
                        format: (share) => percent(share, 0)
                    })),
            panel(t('report.byUrgency'),
                h(
                    'table', {class: 'table tight counts'}, heads([
                        'report.urgency', 'report.incidents', 'report.within60', 'report.within180',
                        'report.median', 'report.onScene'
                    ].map((one) => t(one))),
                    h('tbody', {},
                        found.byUrgency.map(
                            (one) => h('tr', {}, h('th', {scope: 'row'}, word('urgency', one.urgency)),
                                h('td', {class: 'number'}, one.count),
                                h('td', {class: 'number'},
                                    percent(one.count ? one.within60 / one.count : null)),
                                h('td', {class: 'number'},
                                    percent(one.count ? one.within180 / one.count : null)),
                                h('td', {class: 'number'}, span(one.medianSeconds)),
                                h('td', {class: 'number'}, span(one.onSceneMedianSeconds)))))))
        ];
    },
    'operator-load': (found) => {
        const hours = grouped(found.byHour);
        const most = found.maximumPerHour;
        return [
            h('ul', {class: 'figures'},
                figure(number(found.alarmsPerHour, 1), t('report.perHour'),
                    found.alarmsPerHour > most                     ? 'bad'
                        : found.alarmsPerHour > found.limitPerHour ? 'warn'
                                                                   : 'good',
                    t('report.perHourLimit', {limit: found.limitPerHour, most})),
                figure(number(found.peak10min), t('report.peak'),
                    found.peak10min > found.floodPer10min ? 'bad' : 'good',
                    t('report.floodLimit', {n: found.floodPer10min})),
                figure(number(found.floodMinutes), t('report.floodMinutes'),
                    found.floodMinutes ? 'bad' : 'good')),
            h('div', {class: 'charts one'},
                columns(t('report.byHour'), hours.map((one) => ({
                    label: one.label,
                    title: clock(one.at, {seconds: false, day: 'always'}),
                    value: one.count,
                    tone: one.count > most               ? 'bad'
                        : one.count > found.limitPerHour ? 'warn'
                                                         : ''
                })),
                    {
                        limits: [
                            {
                                value: found.limitPerHour,
                                word: t('report.limit', {n: found.limitPerHour}),
                                tone: 'warn'
                            },
                            {value: most, word: t('report.maximum', {n: most}), tone: 'bad'}
                        ],
                        showsValues: hours.length <= 31,
                        isBroad: true,
                        note: hours.length < found.byHour.length
                            ? t('report.grouped', {n: Math.ceil(found.byHour.length / hours.length)})
                            : ''
                    }))
        ];
    },
    'false-alarms': (found) => {
        const rows = (list, name) =>
            list.map((one) => ({name: name(one), count: `${one.false} / ${one.closed}`, share: one.share}));
        return [
            h('ul', {class: 'figures'}, figure(number(found.closed), t('report.closed')),
                figure(number(found.false), t('report.false')),
                figure(percent(found.share), t('report.falseShare'))),
            h('div', {class: 'charts tall-first'},
                shareTable(t('report.byRule'), t('report.rule'), rows(found.byRule, (one) => ruleText(one.rule))),
                shareTable(t('report.byDevice'), t('report.device'),
                    rows(found.byDevice, (one) => `${one.home} · ${one.device}`)),
                shareTable(
                    t('report.byDisposition'), t('report.disposition'), found.byDisposition.map((one) => ({
                        name: word('disposition', one.disposition),
                        count: number(one.count),
                        share: found.closed ? one.count / found.closed : null
                    }))))
        ];
    },
    visits: (found) => {
        const total = (name) => found.byColour.reduce((sum, one) => sum + one[name], 0);
        const all = total('due');
        return [
            h('ul', {class: 'figures'},
                figure(percent(all ? total('done') / all : null), t('report.visitRate'),
                    good(all ? total('done') / all : null, targets.visits),
                    t('report.target', {share: percent(1, 0)})),
                figure(number(total('done')), t('report.visitsDone')),
                figure(
                    number(total('overdue')), word('visit', 'overdue'), total('overdue') ? 'bad' : 'good')),
            panel(t('report.visits'),
                h('table', {class: 'table tight shares'}, heads([
                    'visits.colourHead', 'report.due', 'report.done', 'report.overdue', 'report.rate'
                ].map((one) => t(one))),
                    h('tbody', {},
                        found.byColour.map(
                            (one) => h('tr', {}, h('th', {scope: 'row'}, colourPlate(one.colour)),
                                h('td', {class: 'number'}, one.due), h('td', {class: 'number'}, one.done),
                                h('td', {class: `number ${one.overdue ? 'bad-word' : ''}`}, one.overdue),
                                h('td', {class: 'share-cell'}, shareBar(one.rate, one.rate < 1 ? 'bad' : '', 1),
                                    h('span', {class: 'number'}, percent(one.rate))))))))
        ];
    },
    availability: (
        found) => [h('ul', {class: 'figures'}, figure(percent(found.share), t('report.available')),
                       figure(`${number(found.available)} / ${number(found.devices)}`, t('report.devices'))),
        shareTable(t('report.byProfile'), t('report.profile'),
            found.byProfile.map(
                (one) => ({name: one.profile, count: `${one.available} / ${one.devices}`, share: one.share})),
            {tone: (share) => (share >= 0.98 ? ''
                     : share >= 0.9          ? 'warn'
                                             : 'bad')})],
};

function bucketLabel(bucket) {
    if (!bucket.upToSeconds) return t(bucket.label === 'unanswered' ? 'report.unanswered' : 'report.longer');
    return `≤ ${
        bucket.upToSeconds <= 180 ? t('span.seconds', {n: bucket.upToSeconds}) : span(bucket.upToSeconds)}`;
}

function dayLabel(day) { return date(`${String(day).slice(0, 10)}T00:00:00`); }

const columnLimit = 168;

function grouped(hours) {
    const size = Math.ceil(hours.length / columnLimit);
    const isDaily = hours.length > 48;
    const found = [];
    for (let start = 0; start < hours.length; start += size) {
        const group = hours.slice(start, start + size);
        const top = group.reduce((most, one) => (one.count > most.count ? one : most), group[0]);
        const moment = new Date(group[0].at);
        found.push({at: top.at, count: top.count, label: isDaily ? date(moment) : `${moment.getHours()}:00`});
    }
    return found;
}
