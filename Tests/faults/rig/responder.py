"""A responder who answers: acknowledges, arrives and closes the incidents of some homes, over MQTT."""

import json
import threading
import time

ACTS = ("acknowledge", "onScene", "close")


class Responder:
    """Handles incidents of `homes`; a command without an answer within `patience` is sent again."""

    def __init__(self, observer, homes, responder, token, pause=1.0, patience=4.0):
        self.observer, self.homes, self.responder, self.token = observer, set(homes), responder, token
        self.pause, self.patience = pause, patience
        self.accepted = {}  # (incident, act) -> phase
        self.refused = []
        self.incidents = {}  # number -> [next act, when to send]
        self.sent = 0
        self._seen, self._stopping = 0, False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def order(self, order):
        if order.home in self.homes and order.responder == self.responder and order.purpose == "alarm":
            self.incidents.setdefault(order.incident, [0, time.monotonic() + self.pause])

    def _work(self):
        while not self._stopping:
            time.sleep(0.05)
            self._read_answers()
            for incident, state in list(self.incidents.items()):
                if state[0] < len(ACTS) and time.monotonic() >= state[1]:
                    self._send(incident, ACTS[state[0]])
                    state[1] = time.monotonic() + self.patience

    def _send(self, incident, act):
        command = {"token": self.token, "incident": incident, "act": act, "reference": f"{incident}:{act}"}
        if act == "close":
            command["disposition"] = "falseAlarm"
        self.sent += 1
        try:
            self.observer.publish(
                f"anju/{self.observer.gateway}/commands/{self.responder}", json.dumps(command))
        except Exception:  # the broker is away; the next turn sends it again
            pass

    def _read_answers(self):
        answers = self.observer.answers
        while self._seen < len(answers):
            _, responder, answer = answers[self._seen]
            self._seen += 1
            incident, _, act = answer.get("reference", "").partition(":")
            if responder != self.responder or not act:
                continue
            state = self.incidents.get(int(incident))
            if answer.get("result") == "accepted":
                self.accepted[int(incident), act] = answer.get("phase")
            elif not (answer.get("reason") in ("alreadyClosed", "unknownIncident") and act == "close"):
                self.refused.append(answer)
            if state and state[0] < len(ACTS) and ACTS[state[0]] == act:
                state[0] += 1
                state[1] = time.monotonic() + self.pause

    def unfinished(self):
        return [incident for incident, state in self.incidents.items() if state[0] < len(ACTS)]

    def stop(self):
        self._stopping = True
        self._thread.join()
