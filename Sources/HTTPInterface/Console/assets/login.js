// Who sits here.
import {complaint, field} from './dialogs.js';
import {h, paint} from './dom.js';
import {themeButton} from './frame.js';
import {unlockSound} from './sound.js';
import {ask} from './wire.js';
import {currentLanguage, languages, setLanguage, t} from './words.js';

/** The sign-in page; `begin` gets the session. */
export function showLogin(root, begin) {
    document.body.dataset.page = 'login';
    document.title = t('app.name');
    const languageChoice = h('div', {class: 'login-corner'},
        languages.map((name) =>
                          h('button', {
                              type: 'button',
                              class: `button quiet ${name === currentLanguage() ? 'chosen' : ''}`,
                              lang: name,
                              'aria-pressed': String(name === currentLanguage()),
                              on: {
                                  click: () => {
                                      setLanguage(name);
                                      showLogin(root, begin);
                                  }
                              },
                          },
                              name === 'en' ? 'English' : '中文')),
        themeButton());
    paint(root,
        h('main', {class: 'login'}, languageChoice,
            h('div', {class: 'login-card'},
                h('img', {src: '/assets/anju.svg', alt: '', width: 56, height: 56}),
                h('h1', {}, t('app.name')), h('p', {class: 'muted'}, t('login.about')),
                loginForm(begin, ''))));
    root.querySelector('input').focus();
}

/** The form alone, as the dialog of an ended session uses it too. */
export function loginForm(begin, user) {
    const name = h('input', {
        name: 'user',
        autocomplete: 'username',
        required: true,
        value: user,
        autocapitalize: 'none',
        spellcheck: 'false'
    });
    const password =
        h('input', {name: 'password', type: 'password', autocomplete: 'current-password', required: true});
    const wrong = complaint();
    const submit = h('button', {type: 'submit', class: 'button primary wide'}, t('login.enter'));
    return h('form', {
        class: 'login-form',
        on: {
            submit: async (event) => {
                event.preventDefault();
                event.stopPropagation();
                unlockSound();
                wrong.textContent = '';
                if (!name.value || !password.value) {
                    wrong.textContent = t('login.both');
                    return;
                }
                submit.disabled = true;
                try {
                    const {data} = await ask('POST', 'session',
                        {user: name.value.trim(), password: password.value}, {isQuiet: true});
                    begin(data);
                } catch (refusal) {
                    wrong.textContent = why(refusal);
                    password.value = '';
                    password.focus();
                } finally {
                    submit.disabled = false;
                }
            }
        }
    },
        field(t('login.user'), name), field(t('login.password'), password), wrong, submit,
        h('p', {class: 'muted small'}, t('login.sound')));
}

function why(refusal) {
    if (refusal.isSilent) return t('refusal.silent');
    if (refusal.status === 401) return t('login.wrong');
    if (refusal.status === 429) return t('login.locked', {seconds: refusal.retryAfter || 60});
    if (refusal.status === 503) return t('refusal.unavailable');
    return t('refusal.other', {status: refusal.status, detail: refusal.detail});
}
