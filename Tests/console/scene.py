"""Where the stories play: a browser, a line to the gateway, and a second seat."""

from gateway import Problem, Seat


class Skipped(Exception):
    """Why a story cannot be told here."""


class Scene:
    """What every story may use."""

    def __init__(self, browser, line, url, users, gateway=None):
        self.browser, self.line, self.url, self.users = browser, line, url, users
        self.gateway = gateway
        self.second = Seat(url, *users["second"])
        self.free = self.second.homes()

    def home(self):
        """A home that no story has used."""
        if not self.free:
            raise Skipped("the gateway has no calm home left")
        return self.free.pop()

    def sign_in(self, name="dispatcher"):
        """Signs in at the login page."""
        user, password = self.users[name]
        self.browser.wait_for("input[name=user]")
        self.browser.type("input[name=user]", user)
        self.browser.type("input[name=password]", password)
        self.browser.press("Enter")
        self.browser.wait_for("#page")
        self.browser.wait("the board is read", lambda: not self.browser.find("#banner[data-shown='']"))

    def board(self):
        """Goes to the board."""
        self.browser.run("window.location.hash = '#/board'")
        self.browser.wait_for(".board")

    def card(self, number):
        """The selector of an incident's card."""
        return f".card[data-id='{number}']"

    def opened(self, kind="sos"):
        """An incident that somebody opens elsewhere, once its card is here."""
        number = self.second.open(self.home(), kind, "story")
        self.browser.wait_for(self.card(number), 10)
        return number

    def opened_quietly(self):
        """An incident without its card having to be in sight."""
        return self.second.open(self.home(), "sos", "story")

    def browser_responder(self):
        """Under which name the browser's user acts."""
        cookie = self.browser.ask("GET", "/cookie/anju_session")["value"]
        return Seat(self.url, cookie=cookie).session["user"]["responder"]

    def arrange(self, word):
        """Lets the mock fall ill, or well again."""
        self.second.ask("POST", f"../../mock/{word}", {})

    def is_in_touch(self):
        """Whether the line says nothing of an old screen, and something."""
        problems = (
            self.browser.run("return document.getElementById('banner').dataset.problems") or ""
        ).split()
        lost = {"stale", "ended", "connecting", "unread"}
        return bool(self.browser.text("#banner")) and not lost & set(problems)

    def slot(self, number):
        """The key of a card."""
        return self.browser.text(f"{self.card(number)} .card-slot")

    def toast(self, part):
        """Waits until a word at the edge says something."""
        return self.browser.wait(f"a word with {part}", lambda: part in self.browser.text("#toasts"))

    def has_ended(self, number):
        """Whether the record holds an incident as closed; it is written a moment after the board forgets it."""
        try:
            return self.second.incident(number)["phase"] == "closed"
        except Problem as problem:
            if problem.status != 404:
                raise
            return False

    def close(self, number):
        """Ends an incident, so that the next story begins calmly."""
        try:
            self.second.ask("POST", f"incidents/{number}/close", {"disposition": "test"})
        except Problem:
            pass
