"""Stories of a seat: what a dispatcher lives through, told to a browser."""

import time

import care
import errands
from gateway import Problem, Seat
from scene import Skipped

STALE_SECONDS = 40
MARKUP = '<img src=x onerror="window.wasHacked=1"><b>Ann</b>'


def login(world):
    """A wrong password is refused in words; the right one shows the board."""
    browser = world.browser
    browser.go(world.line.url)
    browser.wait_for("input[name=user]")
    browser.type("input[name=user]", world.users["dispatcher"][0])
    browser.type("input[name=password]", "not this one")
    browser.press("Enter")
    browser.wait("a complaint", lambda: browser.text(".complaint"))
    assert not browser.find("#page"), "a wrong password must not let anybody in"
    browser.go(world.line.url)
    world.sign_in()
    browser.wait_for(".board")
    browser.wait("the line is there", lambda: browser.text("#banner"))


def claim_by_key(world):
    """An incident that opens elsewhere is here at once; its number key claims it."""
    world.board()
    number = world.opened()
    browser = world.browser
    browser.wait("it waits", lambda: browser.find(f".column-waiting {world.card(number)}"))
    browser.press(world.slot(number))
    browser.wait("it is in hand", lambda: browser.find(f".column-hand {world.card(number)}"))
    now = world.second.incident(number)
    assert now["phase"] == "acknowledged", now["phase"]
    mine = browser.run(
        "return document.querySelector(arguments[0]).textContent", f"{world.card(number)} .card-who"
    )
    assert mine.strip(), "the card must say who has it"
    world.close(number)
    browser.wait("it is gone", lambda: not browser.find(world.card(number)))


def claim_by_letter(world):
    """The chosen card is claimed by `a`; arrows choose."""
    world.board()
    number = world.opened("fire")
    browser = world.browser
    for key in ["j"] * 30 + ["k"] * 30:
        if browser.find(f"{world.card(number)}.selected"):
            break
        browser.press(key)
    else:
        raise AssertionError("the keys never chose the card")
    browser.press("a")
    browser.wait("it is in hand", lambda: browser.find(f".column-hand {world.card(number)}"))
    world.close(number)


def lose_the_race(world):
    """Two seats claim at once: the slower one is told who was faster, and nothing is overwritten."""
    world.board()
    number = world.opened()
    browser = world.browser
    slot = world.slot(number)
    world.line.hold()
    try:
        world.second.ask("POST", f"incidents/{number}/acknowledge", {})
        holder = world.second.incident(number)["answeredBy"]
        assert browser.find(f".column-waiting {world.card(number)}"), "the news must still be on its way"
        browser.press(slot)
        browser.wait("a refusal", lambda: browser.find(".toast.bad"))
    finally:
        world.line.holds_events.clear()
    said = browser.text("#toasts")
    name = next(
        (one["name"] for one in world.second.ask("GET", "responders")["responders"] if one["id"] == holder),
        holder,
    )
    assert name in said, f"{said!r} does not name {name!r}"
    browser.wait("it is in hand", lambda: browser.find(f".column-hand {world.card(number)}"))
    assert world.second.incident(number)["answeredBy"] == holder
    world.close(number)


def close_with_disposition(world):
    """An incident is worked and closed by keys alone; what it was stands in the record."""
    world.board()
    # The focus rests on another card: the number key must take it along, so that Enter opens what was claimed.
    browser = world.browser
    other = world.opened("gas")
    browser.run("document.querySelector(arguments[0]).focus()", f"{world.card(other)} a")
    number = world.opened("fall")
    browser.press(world.slot(number))
    browser.wait("it is in hand", lambda: browser.find(f".column-hand {world.card(number)}"))
    browser.press("Enter")
    browser.wait_for(".checklist .next")
    assert browser.run("return window.location.hash") == f"#/incident/{number}", "another incident was opened"
    browser.click(".checklist .next button")
    browser.wait("a tick", lambda: browser.find(".checklist .done"))
    browser.press("s")
    browser.wait("on scene", lambda: world.second.incident(number)["phase"] == "onScene")
    browser.press("c")
    browser.wait_for("dialog .choice")
    browser.press("Enter")
    browser.wait("it asks what it was", lambda: browser.text("dialog .complaint"))
    browser.press("2", "Enter")
    browser.wait("closed", lambda: world.has_ended(number))
    assert world.second.incident(number)["disposition"] == "falseAlarm"
    browser.wait("the question is gone", lambda: not browser.find("dialog"))
    browser.press("Escape")
    browser.wait_for(".board")
    assert not browser.find(world.card(number)), "a closed incident does not stay on the board"
    world.close(other)


def markup_stays_text(world):
    """What people and devices write is shown as it is, and never becomes part of the page."""
    number = world.opened_quietly()
    browser = world.browser
    world.second.ask("POST", f"incidents/{number}/note", {"text": MARKUP})
    browser.run("window.location.hash = arguments[0]", f"#/incident/{number}")
    browser.wait("the note", lambda: MARKUP in browser.text(".timeline"))
    world.second.ask("POST", "notes", {"text": MARKUP})
    browser.press("g", "s")
    browser.wait("the note of the shift", lambda: MARKUP in browser.text(".notes"))
    browser.run("window.location.hash = '#/homes'")
    browser.wait_for("table.homes")
    assert not browser.run("return window.wasHacked"), "markup was run"
    assert browser.count("main img, main b, .toast b, main script") == 0, "markup became elements"
    world.close(number)


def hand_over(world):
    """What another seat offers is accepted by the same key; before that, the key only says who has it."""
    own = world.browser_responder()
    if not own:
        return "the dispatcher is no responder"
    world.board()
    number = world.opened()
    browser = world.browser
    world.second.ask("POST", f"incidents/{number}/acknowledge", {})
    browser.wait("it is in hand", lambda: browser.find(f".column-hand {world.card(number)}"))
    browser.press(world.slot(number))
    browser.wait("who has it", lambda: browser.find(".toast.bad"))
    world.second.ask("POST", f"incidents/{number}/hand-over", {"to": own})
    browser.wait("it is offered", lambda: browser.find(f"{world.card(number)} .card-claim:not([hidden])"))
    browser.press(world.slot(number))
    browser.wait("the seat has it", lambda: world.second.incident(number)["answeredBy"] == own)
    world.close(number)
    return None


def banner_words(world):
    """The gateway's own troubles are said as long as they last (only the mock can be made ill)."""
    try:
        world.arrange("broker")
    except Problem:
        return "only the mock can be made ill"
    browser = world.browser
    problems = lambda: set(
        (browser.run("return document.getElementById('banner').dataset.problems") or "").split()
    )
    browser.wait("the broker is lost", lambda: {"broker", "blind"} <= problems())
    world.arrange("store")
    browser.wait("the store is lost", lambda: {"broker", "store", "trouble"} <= problems())
    world.arrange("calm")
    browser.wait("calm again", lambda: not problems())
    return None


def only_looks(world):
    """A viewer sees everything and can act on nothing."""
    if "viewer" not in world.users:
        return "no viewer is given"
    number = world.second.open(world.home(), "sos", "story")
    browser = world.browser
    browser.click(".topbar .button:last-child")
    world.sign_in("viewer")
    world.board()
    browser.wait_for(world.card(number))
    assert browser.count(".card-claim") == 0 and not browser.find(
        "#by-hand"
    ), "a viewer must not be offered to act"
    browser.press(world.slot(number), "a")
    assert world.second.incident(number)["phase"] == "calling", "a viewer's keys must not claim"
    world.close(number)
    return None


def cut_and_mended(world):
    """A cut line is said within seconds; once mended, what happened meanwhile is there."""
    world.board()
    browser = world.browser
    world.line.cut()
    try:
        browser.wait(
            "stale is said",
            lambda: "stale"
            in (browser.run("return document.getElementById('banner').dataset.problems") or ""),
            STALE_SECONDS,
        )
        assert browser.run("return document.body.classList.contains('stale')"), "old things must look old"
        number = world.second.open(world.home(), "sos", "while the line was cut")
    finally:
        world.line.mend()
    browser.wait("in touch again", world.is_in_touch, STALE_SECONDS)
    browser.wait_for(world.card(number), STALE_SECONDS)
    assert not browser.run("return document.body.classList.contains('stale')")
    world.close(number)


def language(world):
    """The language turns at one click and is remembered."""
    world.board()
    browser = world.browser
    before = browser.run("return document.documentElement.lang")
    words = browser.text(".rail")
    browser.click("#language")
    browser.wait("the other language", lambda: browser.run("return document.documentElement.lang") != before)
    browser.wait("other words", lambda: browser.text(".rail") and browser.text(".rail") != words)
    now = browser.run("return document.documentElement.lang")
    browser.go(world.line.url)
    browser.wait_for(".board")
    assert browser.run("return document.documentElement.lang") == now, "the language is forgotten"
    browser.click("#language")
    browser.wait("back", lambda: browser.run("return document.documentElement.lang") == before)


def sound(world):
    """Unanswered life safety rings; mute ends by itself, and a new alarm ends it at once."""
    world.board()
    browser = world.browser
    state = lambda: browser.run("return document.body.dataset.sound")
    browser.press("j")
    number = world.opened("co")
    browser.wait("ringing", lambda: state() == "ringing")
    browser.press("m")
    browser.wait("muted", lambda: state() == "muted")
    assert any(letter.isdigit() for letter in browser.text("#sound")), "the end of the mute must be seen"
    second = world.opened("fire")
    browser.wait("ringing again", lambda: state() == "ringing")
    world.close(number)
    world.close(second)


def sound_blocked(world):
    """A seat that came up without a key or click says that it cannot be heard, until one comes."""
    browser = world.browser
    browser.go(world.line.url)
    browser.wait_for(".board")
    problems = lambda: browser.run("return document.getElementById('banner').dataset.problems || ''")
    browser.wait("blocked is said", lambda: "sound" in problems().split())
    browser.press("j")
    browser.wait("it sounds", lambda: "sound" not in problems().split())


def find_and_help(world):
    """Help by `?`, an elder by `/`: no mouse is needed."""
    world.board()
    browser = world.browser
    browser.press("?")
    browser.wait_for("dialog .help")
    browser.press("Escape")
    browser.wait("closed", lambda: not browser.find("dialog"))
    homes = world.second.ask("GET", "homes?limit=1")["homes"]
    if not homes:
        return "the gateway has no homes"
    home = homes[0]
    word = (home["residents"] or [home])[0]["name"]
    browser.press("/")
    browser.type(".found-input", word[:2])
    browser.wait("found", lambda: browser.count(".found li"))
    browser.press("Enter")
    browser.wait_for(".page-home .elder")
    browser.press("g", "b")
    browser.wait_for(".board")
    return None


def duty_check(world):
    """A duty check stands before everything and is answered by one key."""
    if "administrator" not in world.users:
        return "no administrator is given"
    world.board()
    browser = world.browser
    chief = Seat(world.url, *world.users["administrator"])
    check = chief.ask("POST", "duty-checks", {})
    browser.wait_for("dialog.duty", 10)
    browser.wait("it is heard", lambda: browser.run("return document.body.dataset.sound") == "ringing")
    browser.press("Enter")
    browser.wait("gone", lambda: not browser.find("dialog.duty"))
    found = next(one for one in chief.ask("GET", "duty-checks")["dutyChecks"] if one["id"] == check["id"])
    assert found["state"] == "answered", found
    return None


def session_ends(world):
    """A session that ends is said loudly; signing in again goes on where the seat was."""
    world.board()
    browser = world.browser
    cookie = browser.ask("GET", "/cookie/anju_session")["value"]
    Seat(world.url, cookie=cookie).ask("DELETE", "session")
    browser.press("g", "h")
    browser.wait_for("dialog.urgent input[type=password]", STALE_SECONDS)
    assert "ended" in browser.run("return document.getElementById('banner').dataset.problems")
    browser.type("dialog.urgent input[type=password]", world.users["dispatcher"][1])
    browser.press("Enter")
    browser.wait("signed in", lambda: not browser.find("dialog.urgent"))
    browser.wait("in touch again", world.is_in_touch, STALE_SECONDS)


def stays_at_home(world):
    """No request goes elsewhere, nothing breaks the content policy, no error stays in the browser's log."""
    browser = world.browser
    fetched = browser.run("return performance.getEntriesByType('resource').map((one) => one.name)")
    own = browser.run("return location.origin")
    others = [name for name in fetched if not name.startswith(own)]
    assert not others, others
    harmless = ("status of 401", "status of 409", "status of 412", "net::ERR", "Failed to load resource")
    lines = [line for line in browser.complaints() if not any(part in line for part in harmless)]
    assert not lines, lines


ALL = [
    login,
    claim_by_key,
    claim_by_letter,
    lose_the_race,
    close_with_disposition,
    markup_stays_text,
    find_and_help,
    *errands.OF_A_DISPATCHER,
    sound,
    duty_check,
    language,
    sound_blocked,
    hand_over,
    banner_words,
    *care.ALL,
    cut_and_mended,
    session_ends,
    only_looks,
    *errands.OF_A_TECHNICIAN,
    stays_at_home,
]


def tell(world, shots, only=()):
    """Tells all stories, or only some; the number of those that failed."""
    failed = 0
    if only and "none" not in only and login.__name__ not in only:
        world.browser.go(world.line.url)
        world.sign_in()
    for number, story in enumerate(ALL, 1):
        if only and story.__name__ not in only:
            continue
        begun = time.monotonic()
        word = "ok"
        try:
            reason = story(world)
            if reason:
                word = f"skipped: {reason}"
        except Skipped as reason:
            word = f"skipped: {reason}"
        except Exception as error:  # a failing story must not hide the others
            failed += 1
            word = f"FAILED: {type(error).__name__}: {error}"
            if shots:
                world.browser.shot(shots / f"failed-{story.__name__}.png")
            world.browser.press("Escape", "Escape")
        print(f"{number:2} {story.__name__:24} {time.monotonic() - begun:5.1f} s  {word}", flush=True)
    return failed
