// Runs before the first paint, so that a night shift is not dazzled: theme, language and wall view.
(function() {
'use strict';
var root = document.documentElement;
var remembered = function(name) {
    try {
        return window.localStorage.getItem(name);
    } catch (error) {
        return null;
    }
};
var isLight = window.matchMedia && window.matchMedia('(prefers-color-scheme: light)').matches;
root.setAttribute('data-theme', remembered('anju.theme') || (isLight ? 'light' : 'dark'));
root.setAttribute('lang', remembered('anju.language') || 'zh-Hans');
if (/[?&]wall\b/.test(window.location.search)) {
    root.className = 'wall';
}
})();
