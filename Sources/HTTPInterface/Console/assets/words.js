// The language of the seat: one dictionary a language, remembered on this computer.
import en from './en.js';
import zh from './zh.js';

const flat = (groups) => Object.fromEntries(Object.entries(groups).flatMap(
    ([group, texts]) => Object.entries(texts).map(([name, text]) => [`${group}.${name}`, text])));

const dictionaries = {
    'zh-Hans': flat(zh),
    en: flat(en)
};
let language = document.documentElement.lang === 'en' ? 'en' : 'zh-Hans';

/** The languages there are. */
export const languages = Object.keys(dictionaries);

/** The language that is spoken now. */
export function currentLanguage() { return language; }

/** Whether this computer has been told a language. */
export function isLanguageChosen() { return recall('anju.language') !== null; }

/** Turns the language and, where a person chose it, keeps it. */
export function setLanguage(name, {keep = true} = {}) {
    if (!dictionaries[name]) return;
    language = name;
    document.documentElement.lang = name;
    if (keep) remember('anju.language', name);
}

/** The text of a key, with `{name}` places filled. */
export function t(name, values) {
    const text = dictionaries[language][name];
    if (text === undefined) return name;
    return values
        ? text.replace(/\{(\w+)\}/g, (whole, place) => (place in values ? String(values[place]) : whole))
        : text;
}

/** The text of a word of the vocabulary, or the word itself where a site brought it. */
export function word(family, name) {
    if (name === null || name === undefined || name === '') return '';
    const text = dictionaries[language][`${family}.${name}`];
    return text === undefined ? String(name) : text;
}

/** What an alarm's kind is called; a site's own kinds bring their title. */
export function kindTitle(kind, title) {
    const text = dictionaries[language][`kind.${kind}`];
    return text === undefined ? (title || kind) : text;
}

/** Several words as one text, with the sign that the language puts between them. */
export function listed(texts) { return texts.join(t('words.between')); }

/** Reads from this computer's memory; nil when it has none. */
export function recall(name) {
    try {
        return window.localStorage.getItem(name);
    } catch (error) {
        return null;
    }
}

/** Keeps a setting on this computer where it may. */
export function remember(name, value) {
    try {
        window.localStorage.setItem(name, value);
    } catch (error) { /* private window: not kept */
    }
}
