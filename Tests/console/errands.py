"""Stories beside the alarms: calls taken by hand, visits, reports, shelving and walk tests."""

import pathlib
import tempfile

from gateway import Problem, Seat

WORDS = "老人来电，说胸闷"


def open_by_hand(world):
    """Who telephones becomes an incident by keys alone; without a word of what was said it is refused."""
    browser = world.browser
    world.board()
    home = world.second.ask("GET", f"homes/{world.home()}")
    browser.press("o")
    browser.wait_for("dialog .found-input")
    browser.type(".found-input", home["name"])
    browser.wait("it is found", lambda: home["name"] in browser.text(".found .chosen"))
    offered = browser.run(
        "return [...document.querySelectorAll('.found li')].map((one) => one.textContent).join()"
    )
    assert home["name"] in offered, offered
    browser.press("Enter")
    browser.wait_for("dialog select[name=kind]")
    kinds = browser.run("return [...document.querySelector('dialog select').options].map((one) => one.value)")
    browser.run("document.querySelector('dialog select[name=kind]').value = 'waterLeak'")
    browser.click("dialog .button.danger")
    browser.wait("it asks what was said", lambda: browser.text("dialog .complaint"))
    browser.type("dialog textarea[name=note]", WORDS)
    browser.click("dialog .button.danger")
    browser.wait("its page", lambda: "#/incident/" in browser.run("return window.location.hash"))
    number = browser.run("return Number(window.location.hash.split('/').pop())")
    browser.wait("what was said", lambda: WORDS in browser.text("#page"))
    opened = world.second.incident(number)
    assert opened["kind"] == "waterLeak" and opened["home"]["name"] == home["name"], opened
    world.close(number)
    for kind in kinds:  # Every kind that is offered must be one that the gateway takes in.
        world.close(world.second.open(home["id"], kind, "story"))


def visit(world):
    """Whom nobody met is to be visited within a day; the visit is recorded by one click."""
    browser = world.browser
    home = world.home()
    number = world.second.open(home, "sos", "story")
    world.second.ask("POST", f"incidents/{number}/close", {"disposition": "noContact"})
    browser.press("g", "v")
    row = f"[data-focus='well-{home}']"
    browser.wait("the visit is asked for", lambda: browser.find(row))
    browser.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", row)
    browser.click(row)
    browser.wait("a word", lambda: browser.find(".toast:not(.bad)"))
    read = lambda: world.second.ask("GET", f"homes/{home}").get("visit") or {}
    browser.wait("it is done", lambda: read().get("state") == "done")


def reports(world):
    """Every report can be read, and what is downloaded is a table."""
    browser = world.browser
    browser.press("g", "r")
    browser.wait_for("body[data-page=reports] [data-choice]")
    names = browser.run(
        "return [...document.querySelectorAll('[data-choice]')].map((one) => one.dataset.choice)"
        ".filter((one) => /[a-z]/.test(one))"
    )
    assert len(names) == 5, names
    for name in names:
        browser.click(f"[data-choice='{name}']")
        browser.wait(f"{name} is read", lambda: is_read(browser, name))
    with tempfile.TemporaryDirectory(prefix="anju-csv-") as folder:
        place = {"behavior": "allow", "downloadPath": folder}
        browser.ask("POST", "/goog/cdp/execute", {"cmd": "Browser.setDownloadBehavior", "params": place})
        browser.click("#csv")
        file = browser.wait("the file", lambda: next(pathlib.Path(folder).glob("*.csv"), None))
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) >= 2 and len({line.count(",") for line in lines[:2]}) == 1, lines[:3]


def is_read(browser, name):
    """Whether a report stands on the page."""
    href = browser.run("return document.getElementById('csv').href")
    return f"reports/{name}?" in href and browser.find(".report .figures") and not browser.find("[aria-busy]")


def shelve(world):
    """A shelf needs a reason, stands at its home with its end, and is lifted by one click."""
    home = as_technician(world)
    if not home:
        return "no administrator is given"
    browser = world.browser
    shelves = lambda: world.second.ask("GET", f"homes/{home}").get("shelved") or []
    browser.click("[data-focus=shelf]")
    browser.wait_for("dialog select")
    kinds = browser.run("return [...document.querySelector('dialog select').options].map((one) => one.value)")
    assert not {"fire", "gas", "co", "sos", "fall"} & set(kinds), "a matter of life can never be shelved"
    browser.run("document.querySelector('dialog select').value = 'doorOpen'")
    browser.click("dialog .button.primary")
    browser.wait("it asks why", lambda: browser.text("dialog .complaint"))
    browser.type("dialog input", "门磁在换")
    browser.press("Enter")
    browser.wait("it stands there", lambda: browser.find("[data-focus=shelf-doorOpen]"))
    assert [one["alarmKind"] for one in shelves()] == ["doorOpen"], shelves()
    browser.click("[data-focus=shelf-doorOpen]")
    browser.wait("it is lifted", lambda: not browser.find("[data-focus=shelf-doorOpen]"))
    assert not shelves()
    chief = Seat(world.url, *world.users["administrator"])
    try:
        chief.ask("POST", f"homes/{home}/shelves", {"alarmKind": "fire", "minutes": 30, "reason": "x"})
        raise AssertionError("a fire was shelved")
    except Problem:
        return None


def walk_test(world):
    """A walk test is begun and ended at the home, and its end is in sight while it lasts."""
    home = as_technician(world)
    if not home:
        return "no administrator is given"
    browser = world.browser
    running = lambda: world.second.ask("GET", f"homes/{home}").get("walkTest")
    browser.wait_for("[data-focus=walk]")
    browser.click("[data-focus=walk]")
    browser.wait("it runs", lambda: browser.find(".home-side .warning [data-deadline]"))
    assert running(), "the gateway knows nothing of it"
    browser.click("[data-focus=walk]")
    browser.wait("it ended", lambda: browser.find(".home-side input[type=number]"))
    assert not running()
    return None


def as_technician(world):
    """The page of a calm home, seen by somebody who may do a technician's work; None without such a user."""
    if "administrator" not in world.users:
        return None
    browser = world.browser
    cookie = browser.ask("GET", "/cookie/anju_session")["value"]
    if Seat(world.url, cookie=cookie).session["user"]["role"] != "administrator":
        browser.click(".topbar .button:last-child")
        world.sign_in("administrator")
    home = world.home()
    browser.run("window.location.hash = '#/home/' + arguments[0]", home)
    browser.wait("the home is read", lambda: browser.find("[data-focus=shelf]"))
    return home


OF_A_DISPATCHER = [open_by_hand, visit, reports]
OF_A_TECHNICIAN = [shelve, walk_test]
