// Devices and their health, troubled ones first.
import {calmly, h, paint} from './dom.js';
import {choices, pageHead, reader, readRestMilliseconds, table} from './lists.js';
import {deviceFaults, deviceTags, empty, readingText} from './signs.js';
import {listen} from './state.js';
import {clock, span} from './time.js';
import {readAll} from './wire.js';
import {t, word} from './words.js';

const shownLimit = 400;
const nothing = {trouble: 'devices.noTrouble', neverHeard: 'devices.allHeard', all: 'devices.none'};

/** Shows the devices of all homes. */
export function showDevices(main) {
    let wish = 'trouble';
    const place = h('div', {class: 'page-body'});
    const again =
        reader(place, () => readAll(`devices?state=${wish}&limit=200`, 'devices', 'after', 10), (found) => {
            const own = [...found].sort((a, b) => deviceFaults(b).length - deviceFaults(a).length);
            return [
                deviceTable(own.slice(0, shownLimit),
                    {withHome: true, nothing: t(nothing[wish])}),
                found.length > shownLimit
                    ? h('p', {class: 'muted'}, t('homes.more', {n: found.length - shownLimit}))
                    : null
            ];
        });
    paint(main,
        pageHead(t('page.devices'),
            choices(t('devices.filter'),
                [
                    ['trouble', t('devices.trouble')], ['neverHeard', t('devices.neverHeard')],
                    ['all', t('homes.all')]
                ],
                wish,
                (name) => {
                    wish = name;
                    again({isQuiet: false});
                })),
        place);
    again();
    const later = calmly(again, readRestMilliseconds);
    const stop = listen('home', later);
    return () => {
        later.stop();
        stop();
    };
}

/** A table of devices. */
export function deviceTable(devices, {withHome, nothing = t('devices.none')}) {
    if (!withHome && !devices.length) return empty(nothing);
    const heads = [
        ...(withHome ? ['devices.home'] : []), 'devices.place', 'devices.kind', 'devices.state',
        'devices.readings', 'devices.battery', 'devices.heard'
    ];
    return table(withHome ? 'devices' : 'devices own', heads.map((name) => t(name)),
        devices.map((device) => row(device, withHome)), {text: nothing, label: t('page.devices')});
}

function kindWord(device) {
    const first = (device.signals || [])[0];
    return device.kind === 'sensor' && first ? word('signal', first) : word('deviceKind', device.kind);
}

function row(device, withHome) {
    const readings = Object.entries(device.readings || {}).filter(([
        signal
    ]) => signal !== 'battery' && signal !== 'batteryLow' && signal !== 'linkQuality');
    const home = device.home;
    return h('tr', {},
        withHome ? h('td', {},
                       home ? h('a', {
                           href: `#/home/${encodeURIComponent(home.id || home)}`,
                           data: {focus: `device-${home.id || home}-${device.id}`}
                       },
                                  home.name || home)
                            : '—')
                 : null,
        h('td', {}, device.place || '—',
            device.isOutsideDoor && device.place !== t('device.outsideDoor')
                ? h('span', {class: 'muted small'}, ` ${t('device.outsideDoor')}`)
                : null),
        h('td', {}, kindWord(device), h('span', {class: 'muted small device-id'}, ` ${device.id}`)),
        h('td', {}, h('span', {class: 'tags'}, deviceTags(device))),
        h('td', {class: 'readings'},
            readings.slice(0, 4).map(
                ([signal, value]) => h('span', {class: 'reading'},
                    h('span', {class: 'muted'}, word('signal', signal)), ' ', readingText(signal, value)))),
        h('td', {class: 'number nowrap'},
            device.battery === null || device.battery === undefined ? '—'
                                                                    : `${Math.round(device.battery)} %`),
        h('td', {
            class: 'number nowrap',
            title: device.supervisionSeconds
                ? t('devices.supervised', {span: span(device.supervisionSeconds)})
                : ''
        },
            device.lastHeard ? clock(device.lastHeard, {seconds: false}) : t('devices.never')));
}
