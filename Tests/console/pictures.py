"""Pictures of every page in both languages, sizes and themes, and what a program can see in them."""

import time

from browser import Browser
from gateway import Problem, Seat

SIZES = [(1366, 768), (1920, 1080)]
LANGUAGES = ["zh-Hans", "en"]
THEMES = ["dark", "light"]
PAGES = ["board", "incident", "homes", "home", "plan", "visits", "devices", "shift", "reports", "audit"]
REPORTS = ["operator-load", "false-alarms", "visits", "availability"]

# Buttons, plates and heads whose words are cut, and things to press or fill in that have no name.
FAULTS = """
const faults = [];
const seen = (one) => one.getClientRects().length > 0 && !one.classList.contains('unseen');
const isCut = (one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline';
const words = '.button, .tag, .chip, .rail-way span, h1, h2, th, .card-title, .card-deadline, .figure-number';
for (const one of document.querySelectorAll(words)) {
    if (seen(one) && isCut(one)) faults.push('cut: ' + one.className + ' ' + one.textContent.trim());
}
for (const one of document.querySelectorAll('button, a[href], input, select, textarea')) {
    const labels = one.labels && one.labels.length;
    const name = one.getAttribute('aria-label') || one.textContent.trim() || one.placeholder || labels;
    if (seen(one) && !name) faults.push('no name: ' + one.outerHTML.slice(0, 120));
}
const framed = '.panel button, .panel input, .panel .tag, .figure *, dialog button';
for (const one of document.querySelectorAll(framed)) {
    const frame = one.closest('.panel, .figure, dialog').getBoundingClientRect();
    const box = one.getBoundingClientRect();
    if (seen(one) && box.right > frame.right + 1) faults.push('beyond its frame: ' + one.textContent.trim());
}
for (const one of document.querySelectorAll('.table-frame')) {
    if (one.scrollWidth > one.clientWidth + 1) faults.push('a table is wider than its frame');
}
if (document.documentElement.scrollWidth > window.innerWidth) faults.push('wider than the screen');
for (const one of document.querySelectorAll('[aria-labelledby]')) {
    if (!document.getElementById(one.getAttribute('aria-labelledby'))) faults.push('labelled by nothing');
}
const groups = 'act|app|board|card|check|report|visits|homes|elder|banner|kind|event|phase|detail';
const key = new RegExp('\\\\b(' + groups + ')\\\\.[a-z][A-Za-z0-9]*\\\\b').exec(document.body.innerText);
if (key) faults.push('a key without text: ' + key[0]);
return faults;
"""


def furnish(seat):
    """Gives an empty board something to see: what waits, what is in hand, who is to be visited, a shelf."""
    homes = seat.homes()
    acts = [("fire", []), ("waterLeak", []), ("fall", ["acknowledge", "on-scene"]), ("sos", ["acknowledge"])]
    for (kind, steps), home in zip(acts, homes):
        number = seat.open(home, kind, "邻居王阿姨来电，听到屋内呼救")
        for step in steps:
            seat.ask("POST", f"incidents/{number}/{step}", {})
    for home in homes[len(acts) : len(acts) + 3]:
        number = seat.open(home, "sos", "无人应答")
        seat.ask("POST", f"incidents/{number}/close", {"disposition": "noContact"})
    if homes:
        shelf = {"alarmKind": "doorOpen", "minutes": 60, "reason": "门磁在换"}
        seat.ask("POST", f"homes/{homes[0]}/shelves", shelf)
        seat.ask("POST", f"homes/{homes[0]}/walk-test", {"minutes": 10})
    seat.ask("POST", "notes", {"text": "3 栋电梯检修，上门走楼梯。"})


def take_pictures(driver, url, users, folder, sizes=SIZES, gateway=None):
    """Takes them; the number of faults found."""
    role = "administrator" if "administrator" in users else "dispatcher"
    seat = Seat(url, *users[role])
    opened = seat.ask("GET", "incidents?state=open&limit=200")["incidents"]
    if not opened:
        furnish(seat)
        opened = seat.ask("GET", "incidents?state=open&limit=200")["incidents"]
    home = opened[0]["home"]["id"] if opened else seat.ask("GET", "homes?limit=1")["homes"][0]["id"]
    subjects = {"incident": f"incident/{opened[-1]['id']}" if opened else None, "home": f"home/{home}"}
    faults = 0
    for theme in THEMES:
        for language in LANGUAGES:
            for size in sizes:
                faults += one_set(driver, url, users[role], folder, theme, language, size, subjects)
    for size in [(1920, 1080), (3840, 2160)] if sizes is SIZES else []:
        faults += wall(driver, url, users[role], folder, size)
    faults += answer_pages(driver, gateway, users, folder)
    return faults + take_states(driver, url, users, folder)


def take_states(driver, url, users, folder):
    """What is rarely seen: a short word, the gateway in trouble, an old screen, nothing open; only of the mock."""
    chief = Seat(url, *users["administrator"])
    wish = lambda word: chief.ask("POST", f"../../mock/{word}", {})
    try:
        wish("calm")
    except Problem:
        return 0
    faults = 0
    for language, theme in (("zh-Hans", "dark"), ("en", "light")):
        browser = Browser(driver, *SIZES[0])
        sign_in(browser, url, users["dispatcher"], theme, language)
        browser.press("Enter")
        browser.wait_for(".board .card, .board .nothing p")
        if browser.count(".column-hand .card"):
            slots = ".column-hand .card:nth-child({}) .card-slot"
            browser.wait("their keys", lambda: browser.text(slots.format(2)))
            browser.press(browser.text(slots.format(1)), browser.text(slots.format(2)))
            browser.wait_for(".toast.bad")
            faults += look(browser, folder, f"state-word-{language}")
            browser.press("/")
            browser.wait_for("dialog .finder")
            faults += look(browser, folder, f"state-word-dialog-{language}")
            browser.press("Escape")
        for word in ("broker", "store", "blind"):
            wish(word)
            browser.wait("it is said", lambda: browser.find("#banner .chip:not(.calm)"))
            faults += look(browser, folder, f"state-{word}-{language}")
            wish("calm")
            browser.wait("calm", lambda: browser.find("#banner-calm"))
        browser.close()
    wish("close-all")
    for language, theme in (("zh-Hans", "dark"), ("en", "light")):
        browser = Browser(driver, *SIZES[0])
        sign_in(browser, url, users["dispatcher"], theme, language)
        browser.press("Enter")
        browser.wait_for(".board .nothing p")
        faults += look(browser, folder, f"state-nothing-open-{language}")
        browser.close()
    faults += wall(driver, url, users["dispatcher"], folder, SIZES[1], "-nothing-open")
    return faults


def answer_pages(driver, gateway, users, folder):
    """The page behind an order's link, on a telephone; only of a daemon."""
    if not gateway:
        return 0
    link = gateway.answer_link(Seat(gateway.url, *users["dispatcher"]))
    faults = 0
    for scheme in ("light", "dark"):
        browser = Browser(driver, 360, 740, scheme=scheme)
        browser.go(link)
        browser.wait_for("h1")
        faults += look(browser, folder, f"answer-{scheme}-360x740")
        browser.close()
    return faults


def sign_in(browser, url, user, theme, language):
    """Signs in with a theme and a language."""
    browser.go(url)
    browser.wait_for("input[name=user]")
    browser.run(
        "localStorage.setItem('anju.theme', arguments[0]); localStorage.setItem('anju.language', arguments[1])",
        theme,
        language,
    )
    browser.go(url)
    browser.type("input[name=user]", user[0])
    browser.type("input[name=password]", user[1])


def look(browser, folder, name):
    """Takes a picture and tells its faults."""
    time.sleep(0.15)
    browser.shot(folder / f"{name}.png")
    found = browser.run(FAULTS)
    for fault in found:
        print(f"   {name}: {fault}", flush=True)
    return len(found)


def one_set(driver, url, user, folder, theme, language, size, subjects):
    """All pages in one language, size and theme."""
    browser = Browser(driver, *size)
    end = f"{language}-{theme}-{size[0]}x{size[1]}"
    sign_in(browser, url, user, theme, language)
    faults = look(browser, folder, f"login-{end}")
    browser.press("Enter")
    browser.wait_for(".board .card, .board .nothing p")
    for page in PAGES:
        path = subjects.get(page, page)
        if path is None:
            continue
        browser.run("window.location.hash = '#/' + arguments[0]", path)
        browser.wait(
            "the page is read",
            lambda: browser.find(f"body[data-page={page}]") and not browser.find("[aria-busy]"),
        )
        time.sleep(0.5)
        faults += look(browser, folder, f"{page}-{end}")
    for report in REPORTS:
        browser.run("window.location.hash = '#/reports'")
        browser.click(f"[data-choice='{report}']")
        browser.wait("the report is read", lambda: not browser.find("[aria-busy]"))
        time.sleep(0.3)
        faults += look(browser, folder, f"report-{report}-{end}")
        browser.run("window.location.hash = '#/board'")
    for name, key, selector in (
        ("help", "?", "dialog .help"),
        ("search", "/", "dialog .finder"),
        ("close", "c", "dialog .choices"),
        ("hand-over", "t", "dialog select"),
    ):
        browser.wait_for(".board")
        browser.press(key)
        if name in ("close", "hand-over") and not browser.find("dialog"):
            continue
        browser.wait_for(selector)
        faults += look(browser, folder, f"dialog-{name}-{end}")
        browser.press("Escape")
    browser.close()
    return faults


def wall(driver, url, user, folder, size, what=""):
    """The wall in both themes' larger sizes."""
    browser = Browser(driver, *size)
    sign_in(browser, url + "/?wall", user, "dark", "zh-Hans")
    browser.press("Enter")
    browser.wait_for(".board")
    time.sleep(1)
    faults = look(browser, folder, f"wall{what}-{size[0]}x{size[1]}")
    browser.close()
    return faults
