// Signs drawn as lines, 24 by 24; each goes with a word, never alone.
import {s} from './dom.js';

const paths = {
    fire:
        'M12 3c1 4 5 5.500 5 10.500a5 5 0 0 1-10 0c0-2 1-3.500 2-4.500 .5 1.500 1 2 2 2.500C11 8.500 10.500 6 12 3z',
    gas: 'M4 9c3-3 5 3 8 0s5 3 8 0M4 14c3-3 5 3 8 0s5 3 8 0M4 19c3-3 5 3 8 0s5 3 8 0',
    co: 'M9.500 8.500a4 4 0 1 0 0 7M16 12m-3.500 0a3.500 3.500 0 1 0 7 0a3.500 3.500 0 1 0-7 0',
    sos: 'M12 3v4M4.500 7l3 2.500M19.500 7l-3 2.500M6 20h12M8 20v-5a4 4 0 0 1 8 0v5',
    fall: 'M14 4.500a1.500 1.500 0 1 0 3 0a1.500 1.500 0 1 0-3 0M14 9l-5 3 4 3-3 5M14 9l4 2M4 20h16',
    medical: 'M9 4h6v5h5v6h-5v5H9v-5H4V9h5z',
    clock: 'M12 12m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0M12 7v5l3.500 2',
    water: 'M12 4c4 5 5.500 7 5.500 10a5.500 5.500 0 0 1-11 0C6.500 11 8 9 12 4z',
    door: 'M6 21V4h10v17M3 21h18M13 12.500v.5',
    walk: 'M12 4.500a1.500 1.500 0 1 0 3 0a1.500 1.500 0 1 0-3 0M13 8l-2 6 4 3v4M11 14l-3 6M9 10l4-2 4 4',
    wrench: 'M15 4a5 5 0 0 0-4.500 7L4 17.500 6.500 20 13 13.500A5 5 0 0 0 20 9l-3 2-3-3 2-3.500z',
    bell: 'M6 17V11a6 6 0 0 1 12 0v6l2 1.500H4zM10 21h4',
    bellOff: 'M6 17V11a6 6 0 0 1 9-5.200M18 11v6l2 1.500H8M10 21h4M4 4l16 16',
    board: 'M4 4h7v9H4zM13 4h7v5h-7zM13 11h7v9h-7zM4 15h7v5H4z',
    home: 'M4 12l8-7 8 7M6.500 11v9h11v-9',
    plan: 'M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3M8 12h3M8 16h3',
    visit: 'M9 8a3.500 3.500 0 1 0 7 0a3.500 3.500 0 1 0-7 0M5 20c1-4 4-5.500 7.500-5.500S19 16 20 20',
    device: 'M6 6h12v12H6zM9 9h6v6H9zM9 3v3M15 3v3M9 18v3M15 18v3M3 9h3M3 15h3M18 9h3M18 15h3',
    shift: 'M6 3h9l4 4v14H6zM9 11h7M9 15h7M9 7h3',
    report: 'M4 20h16M7 17v-6M12 17V6M17 17v-9',
    audit: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4',
    search: 'M10.500 10.500m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0M15 15l5.500 5.500',
    phone:
        'M6 4h4l1.500 5-2.500 1.500a10 10 0 0 0 4.500 4.500L15 12.500l5 1.500v4a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z',
    key: 'M8 15m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0M11 12l8-8M15.500 7.500l3 3',
    warning: 'M12 4l9 16H3zM12 10v4M12 16.500v.5',
    check: 'M4.500 12.500l5 5 10-11',
    people:
        'M6 9a3 3 0 1 0 6 0a3 3 0 1 0-6 0M3 19c.5-4 3-5 6-5s5.500 1 6 5M15 6.500a3 3 0 0 1 0 5.500M17 14c2.500.5 3.500 2 4 5',
    plus: 'M12 5v14M5 12h14',
    link: 'M4 12h5M15 12h5M9 8v8M15 8v8',
};

const ofKind = {
    fire: 'fire',
    buildingFire: 'fire',
    gas: 'gas',
    co: 'co',
    sos: 'sos',
    fall: 'fall',
    vitals: 'medical',
    medical: 'medical',
    inactivity: 'clock',
    areYouWell: 'clock',
    noCheckIn: 'clock',
    waterLeak: 'water',
    doorOpen: 'door',
    doorNotOpened: 'door',
    wandering: 'walk',
    serviceCall: 'bell',
};

/** A sign by its name. */
export function icon(name, css = 'icon') {
    return s('svg', {viewBox: '0 0 24 24', class: css, 'aria-hidden': 'true', focusable: 'false'},
        s('path', {d: paths[name] || paths.warning}));
}

/** The sign of an alarm's kind. */
export function kindIcon(kind, css) { return icon(ofKind[kind] || 'wrench', css); }
