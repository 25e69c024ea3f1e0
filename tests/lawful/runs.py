"""Executions and deployments in time: a plan is drawn when one is created, and read when somebody looks."""

from dataclasses import dataclass, field

TERMINAL = ("COMPLETED", "DEAD", "STOPPED")


@dataclass
class Run:
    """One execution or deployment; times are seconds since the epoch."""

    id: str
    configuration: dict
    deploys: bool
    created: float
    visible: float
    listed: float
    plan: list  # of (moment, status), ascending, the first at creation
    ttl: str | None = None
    target: str = ""
    modified: float = 0.0
    stop_begins: float | None = None
    stopped: float | None = None
    gone: float | None = None
    schedule: str | None = None
    message: str | None = None
    operation: str = "CREATE"
    previous: str | None = None
    updated: float | None = None
    outputs: list = field(default_factory=list)
    foreign: bool = False
    shows_stopping: bool = True

    def status(self, now):
        """The status at a moment."""
        natural = [status for moment, status in self.plan if moment <= now][-1]
        if self.stop_begins is None or now < self.stop_begins:
            return natural
        before = [status for moment, status in self.plan if moment <= self.stop_begins][-1]
        if before in TERMINAL:  # it was over before the stop took hold
            return before
        if now < self.stopped:
            return "STOPPING" if self.shows_stopping else before
        return "STOPPED"

    def reached(self, status, now):
        """When it was first in a status, or None."""
        end = now if self.stop_begins is None else min(now, self.stop_begins)
        return next((moment for moment, s in self.plan if s == status and moment <= end), None)

    def finished(self, now):
        """When it came to its end, or None."""
        status = self.status(now)
        if status not in TERMINAL:
            return None
        return self.stopped if status == "STOPPED" else self.reached(status, now)

    def is_gone(self, now):
        """Whether a deletion is through."""
        return self.gone is not None and now >= self.gone


class Planner:
    """Draws what becomes of a run."""

    def __init__(self, choices):
        self.choices = choices
        self.rng = choices.rng
        self._raced = False

    def plan(self, start, *, deploys, complete, kind_fits=True):
        """The statuses to come. ``complete``: all parameters and inputs are bound."""
        pace = self.choices["pace"]
        fate = self.choices["fate"]
        if fate == "mixed":
            fate = self.rng.choice(("good", "dead", "unknown", "pending"))
        if not complete:
            fate = self.choices["bad_run"]
        if not kind_fits:
            fate = "dead"
        if fate == "good" and deploys:
            fate = "endless"
        path = {
            "good": ["PENDING", "RUNNING", "COMPLETED"],
            "endless": ["PENDING", "RUNNING"],
            "dead": ["PENDING", self.rng.choice(("RUNNING", "PENDING")), "DEAD"],
            "unknown": [],
            "pending": ["PENDING"],
        }[fate]
        moments, at = [(start, "UNKNOWN")], start
        for status in path:
            at += pace * self.rng.uniform(0.3, 1.2)
            last = status == path[-1]
            if self.choices["skip_states"] and not last and self.rng.random() < 0.5:
                continue
            if status != moments[-1][1]:
                moments.append((at, status))
        return moments

    def restart(self, run, now):
        """A deployment runs with another configuration: perhaps over PENDING."""
        kept = [(moment, status) for moment, status in run.plan if moment <= now]
        if self.rng.random() < 0.5:
            kept.append((now + 0.001, "PENDING"))
        run.plan = [*kept, (now + self.choices["pace"] * self.rng.uniform(0.3, 1.2), "RUNNING")]

    def stop(self, run, now):
        """Schedule a stop."""
        run.target = "STOPPED"
        run.modified = now
        run.shows_stopping = self.choices["stop_shown"]
        run.stop_begins = now + self.choices["stop_lag"] * self.rng.random()
        run.stopped = run.stop_begins + self.choices["stop_time"] * self.rng.uniform(0.5, 1.0)
        race = self.choices["stop_race"]
        if race == "always":
            run.stop_begins = now + 2.0
            run.stopped = run.stop_begins + 0.1
        elif self._raced or not race:
            # Nothing happens any more between the request and the stop; a race is rare.
            run.plan = [(moment, status) for moment, status in run.plan if moment <= now]
        self._raced = True

    def delete(self, run, now):
        """Schedule a deletion."""
        run.target = "DELETED"
        run.modified = now
        run.operation = "DELETE"
        run.plan = [(moment, status) for moment, status in run.plan if moment <= now]
        run.gone = now + self.choices["delete_time"] * self.rng.uniform(0.5, 1.0)
