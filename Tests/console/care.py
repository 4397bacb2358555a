"""Stories of care: nothing is covered, everything has its name, the keyboard is enough, the line never lies."""

import re
import threading
import time

from eyes import CONTRAST, COVERED, FOCUS, NAMES
from gateway import Problem, Seat
from world import STORM

PAGES = ["board", "homes", "plan", "visits", "devices", "shift", "reports"]
LINE_SECONDS = 20
TABS = 90
PROBLEMS = "return document.getElementById('banner').dataset.problems"


def go(browser, path):
    """Goes to a page and waits until it is read."""
    browser.run("window.location.hash = '#/' + arguments[0]", path)
    name = path.split("/")[0]
    browser.wait(
        f"{path} is read",
        lambda: browser.find(f"body[data-page={name}]") and not browser.find("[aria-busy]"),
    )


def taken_by_another(world):
    """An incident that another seat has, so that its key says a word; its number."""
    number = world.opened()
    world.second.ask("POST", f"incidents/{number}/acknowledge", {})
    browser = world.browser
    browser.wait("it is in hand", lambda: browser.find(f".column-hand {world.card(number)}"))
    return number


def words_cover_nothing(world):
    """No short word lies over anything that can be pressed: on any page, beside any question."""
    world.board()
    browser = world.browser
    number, other, third = taken_by_another(world), taken_by_another(world), world.opened("fall")
    slots = [world.slot(number), world.slot(other)]
    home = world.home()
    found = []
    for path in [*PAGES, f"incident/{number}", f"home/{home}"]:
        go(browser, path)
        browser.press(*slots)
        browser.wait("two words", lambda: browser.count(".toast.bad") == 2)
        found += [f"{path}: {fault}" for fault in browser.run(COVERED)]
    go(browser, "board")
    for key, selector in (("?", ".help"), ("/", ".finder"), ("o", ".finder"), ("c", ".choices")):
        browser.press("j", *slots)
        browser.wait_for(".toast.bad")
        browser.press(key)
        browser.wait_for(f"dialog {selector}")
        if key in "/o":
            browser.type(".found-input", "1")
            browser.wait("it is found", lambda: browser.count(".found li") > 3)
        found += [f"{selector}: {fault}" for fault in browser.run(COVERED)]
        browser.press("Escape")
        browser.wait("it is closed", lambda: not browser.find("dialog"))
    for one in (number, other, third):
        world.close(one)
    assert not found, found


def named_and_readable(world):
    """Every page in both themes: what can be pressed has a name and a size, what is written can be read."""
    world.board()
    browser = world.browser
    calling = world.opened("fire")
    urgent, number = world.opened("waterLeak"), taken_by_another(world)
    home = world.second.incident(number)["home"]["id"]
    found = []
    for _ in range(2):
        for path in [*PAGES, f"incident/{calling}", f"incident/{number}", f"home/{home}"]:
            go(browser, path)
            theme = browser.run("return document.documentElement.dataset.theme")
            for script in (NAMES, CONTRAST):
                found += [f"{theme} {path}: {fault}" for fault in browser.run(script)]
        go(browser, "board")
        for key in ("?", "/", "c"):
            browser.press(key)
            browser.wait_for("dialog[open]")
            found += [f"{theme} {key}: {fault}" for fault in browser.run(CONTRAST)]
            browser.press("Escape")
            browser.wait("it is closed", lambda: not browser.find("dialog"))
        browser.click("#theme")
        time.sleep(0.3)  # Until the colours have come over.
    for one in (calling, urgent, number):
        world.close(one)
    assert not found, "\n" + "\n".join(sorted(set(found)))


def calm_for_those_who_wish(world):
    """Where the computer asks for less motion nothing moves by itself, and the first card still stands out."""
    world.board()
    browser = world.browser
    number = world.opened("fire")
    moving = "return document.getAnimations().length"
    media = lambda value: browser.ask("POST", "/goog/cdp/execute", {
        "cmd": "Emulation.setEmulatedMedia",
        "params": {"features": [{"name": "prefers-reduced-motion", "value": value}]},
    })
    media("no-preference")
    browser.wait("the frame breathes", lambda: browser.run(moving))
    media("reduce")
    try:
        browser.wait("it stands still", lambda: not browser.run(moving))
        frame = "return getComputedStyle(document.querySelector('.size-hero'), '::after').borderTopWidth"
        assert browser.run(frame) == "5px", "the first card has no frame any more"
    finally:
        media("")
    world.close(number)


def by_tab_alone(world):
    """Tab, arrows and Enter claim and close an incident; the focus can always be seen."""
    world.board()
    browser = world.browser
    number = world.opened("sos")
    card = world.card(number)
    reach(browser, f"{card} .card-claim")
    browser.press("Enter")
    browser.wait("it is in hand", lambda: browser.find(f".column-hand {card}"))
    reach(browser, f"{card} a")
    browser.press("Enter")
    browser.wait_for(".incident-acts [data-focus=c]")
    reach(browser, ".incident-acts [data-focus=c]")
    browser.press("Enter")
    browser.wait_for("dialog .choices")
    browser.press(" ", "ArrowDown", "ArrowDown")
    reach(browser, "#close-do")
    browser.press("Enter")
    browser.wait("closed", lambda: world.has_ended(number))
    assert world.second.incident(number)["disposition"] == "test"


def reach(browser, selector):
    """Presses Tab until the focus is there."""
    is_there = (
        "const one = document.querySelector(arguments[0]); return one !== null && one === document.activeElement"
    )
    for _ in range(TABS):
        if browser.run(is_there, selector):
            return
        browser.press("Tab")
        fault = browser.run(FOCUS)
        assert not fault, fault
    raise AssertionError(f"Tab never came to {selector}")


def claim_in_the_same_moment(world):
    """Two seats claim within the same milliseconds, again and again: one has it, and both see who."""
    world.board()
    browser = world.browser
    own = world.browser_responder()
    if not own:
        return "the dispatcher is no responder"
    for turn in range(4):
        number = world.opened()
        slot = world.slot(number)
        begin = threading.Barrier(2)
        answers = []

        def other():
            begin.wait()
            try:
                world.second.ask("POST", f"incidents/{number}/acknowledge", {})
                answers.append(200)
            except Problem as problem:
                answers.append(problem.status)

        thread = threading.Thread(target=other)
        thread.start()
        begin.wait()
        browser.press(slot)
        thread.join()
        browser.wait("it is in hand", lambda: browser.find(f".column-hand {world.card(number)}"))
        holder = world.second.incident(number)["answeredBy"]
        assert (holder == own) == (answers[0] in (409, 412)), (holder, own, answers)
        name = next(
            one["name"] for one in world.second.ask("GET", "responders")["responders"] if one["id"] == holder)
        who = f"{world.card(number)} .card-who"
        browser.wait("both see who", lambda: name in browser.text(who))
        world.close(number)
        browser.wait("it is gone", lambda: not browser.find(world.card(number)))
    return None


def deaf_and_well_again(world):
    """While the broker is gone the line says so, once and in the right words; when it is back the line is calm."""
    if world.gateway is None or getattr(world.gateway, "broker", None) is None:
        return "only over a daemon and a broker of its own"
    world.board()
    browser = world.browser
    problems = lambda: (browser.run(PROBLEMS) or "").split()
    world.gateway.stop_broker()
    try:
        browser.wait("the broker is lost", lambda: "broker" in problems(), LINE_SECONDS)
        link = lambda: world.second.ask("GET", "health")["link"]
        browser.wait("it is known since when", lambda: link()["state"] == "lost" and link()["since"], LINE_SECONDS)
        browser.wait("the seat reads since when", lambda: "blind" in problems(), LINE_SECONDS)
        said = browser.text("#banner")
        assert problems().count("broker") == 1 and re.search(r"\d\d:\d\d", said), said
        assert not browser.find("[data-problem=trouble]"), said
        assert not browser.find("#banner-calm"), "well and deaf at once"
    finally:
        world.gateway.start_broker()
    browser.wait("calm again", lambda: browser.find("#banner-calm") and not problems(), LINE_SECONDS * 2)
    return None


def names_stay_text(world):
    """A home and an elder whose names are markup are shown as they are written, wherever they stand."""
    homes = world.second.ask("GET", "homes?limit=200")["homes"]
    home = next((one for one in homes if any("<" in text for text in names(one))), None)
    if home is None:
        return "no home has markup in its name"
    browser = world.browser
    written = next(text for text in names(home) if "<" in text)
    opened = home["openIncidents"] or [world.second.open(home["id"], "sos", written)]
    number = opened[0]
    world.board()
    browser.wait_for(world.card(number))
    for path in ["board", f"incident/{number}", f"home/{home['id']}", "homes", "plan", "visits", "reports"]:
        go(browser, path)
        if path in ("homes", f"home/{home['id']}", f"incident/{number}"):
            browser.wait(f"the name on {path}", lambda: written in browser.text("#page"))
        strange = "b, i, script:not([src]), iframe, [onerror], [onmouseover], main img, .toast img"
        assert not browser.count(strange), f"{path}: markup became elements"
    assert not browser.run("return window.wasHacked"), "markup was run"
    world.close(number)
    return None


def names(home):
    """What a home and its residents are called."""
    return [home["name"], *(one["name"] for one in home["residents"])]


def blind_is_said(world):
    """Every trouble that the health document can name has words in the language of the seat."""
    browser = world.browser
    try:
        world.arrange("blind")
    except Problem:
        return "only the mock can be made ill"
    problems = lambda: set((browser.run(PROBLEMS) or "").split())
    browser.wait("blind is said", lambda: {"blind", "trouble", "site"} <= problems())
    said = browser.text("#banner")
    raw = ["topicFlood", "brokerUnfit", "gateway/"]
    if browser.run("return document.documentElement.lang") == "zh-Hans":
        raw += ["bridge", "store"]
    assert not [word for word in raw if word in said], said
    world.arrange("calm")
    browser.wait("calm again", lambda: not problems())
    return None


def a_storm(world):
    """Many alarms at once: the board shows the first ones, says so, and goes on answering (only the mock can)."""
    browser = world.browser
    try:
        world.arrange("storm")
    except Problem:
        return "only the mock can be made ill"
    waiting = ".column-waiting"
    browser.wait("all are counted", lambda: int(browser.text(f"{waiting} .column-count")) >= STORM)
    assert browser.count(f"{waiting} .card") == 60, browser.count(f"{waiting} .card")
    assert "60" in browser.text(f"{waiting} .column-beyond"), browser.text(f"{waiting} .column-beyond")
    world.arrange("close-all")
    browser.wait("it is over", lambda: browser.text(f"{waiting} .column-count") == "0")
    assert not browser.text(f"{waiting} .column-beyond")
    return None


ALL = [
    a_storm,
    words_cover_nothing,
    named_and_readable,
    calm_for_those_who_wish,
    by_tab_alone,
    claim_in_the_same_moment,
    names_stay_text,
    blind_is_said,
    deaf_and_well_again,
]
