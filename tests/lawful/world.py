"""What the server holds: resource groups with their records, and the content that other people made."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .content import scenarios_of
from .runs import Planner, Run
from .shapes import Shapes, refuse

STATUSES = ("PENDING", "RUNNING", "COMPLETED", "DEAD", "STOPPED", "UNKNOWN")


@dataclass
class Group:
    """One resource group."""

    artifacts: dict = field(default_factory=dict)
    configurations: dict = field(default_factory=dict)
    executions: dict = field(default_factory=dict)
    deployments: dict = field(default_factory=dict)
    schedules: dict = field(default_factory=dict)
    metrics: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    opened: float = 0.0


class World:
    """All state of one server."""

    def __init__(self, choices):
        self.choices = choices
        # When the training of an execution stores metrics next; never again once it is over.
        self.stores_at = {}
        self.rng = choices.rng
        self.shapes = Shapes(choices)
        self.planner = Planner(choices)
        self.born = self.now() - 86400 * 40
        self.scenarios = scenarios_of(choices["content"], choices, self.born)
        self.groups = {}
        self.harmed = []
        for name in ("default", "second") if choices["groups"] != "one" else ("default",):
            self.groups[name] = Group()
            for _ in range(choices["foreign"]):
                self.add_foreign(self.groups[name])
            if choices["foreign_name"]:
                self._add_foreign_name(self.groups[name])

    def now(self):
        """The server's clock."""
        return time.time() + self.choices["clock_skew"]

    def group(self, name):
        """The resource group of a header's value."""
        way = self.choices["groups"]
        if way == "ignored" or (name is None and self.choices["missing_group"] == "default"):
            return self.groups["default"]
        if name is None:
            raise refuse(self.choices["missing_group"], "Invalid Request, Missing header parameter 'AI-Resource-Group'")
        if way == "any":
            return self.groups.setdefault(name, Group())
        if name not in self.groups:
            raise refuse(self.choices["unknown_group"], "RBAC: access denied")
        return self.groups[name]

    def executable(self, scenario_id, executable_id):
        """An executable of a scenario, or None."""
        scenario = self.scenarios.get(scenario_id)
        return scenario and scenario["executables"].get(executable_id)

    def executable_of(self, configuration):
        """The executable that a configuration names."""
        return self.executable(configuration["scenarioId"], configuration["executableId"])

    def is_complete(self, configuration):
        """Whether all inputs and parameters without default are bound, and nothing else is."""
        executable = self.executable_of(configuration)
        bound = {b["key"] for b in configuration["parameterBindings"] or []}
        inputs = {b["key"] for b in configuration["inputArtifactBindings"] or []}
        names = {p["name"] for p in executable["parameters"]}
        needed = {p["name"] for p in executable["parameters"] if p.get("default") is None}
        artifacts = {a["name"] for a in executable["inputArtifacts"]}
        return needed <= bound <= names and inputs == artifacts

    # -- making things ---------------------------------------------------------------------------------------------

    def is_listed(self, record):
        """Whether it was created so long ago that lists have it."""
        return record["created"] + self.choices["record_lag"] <= self.now()

    def add_artifact(self, group, members, **more):
        """Store an artifact; returns it."""
        now = more.pop("at", None) or self.now()
        artifact = {"id": self.shapes.identifier("artifact", group), **members, **more, "created": now, "modified": now}
        group.artifacts[artifact["id"]] = artifact
        return artifact

    def add_configuration(self, group, members, **more):
        """Store a configuration; returns it."""
        configuration = {
            "id": self.shapes.identifier("configuration", group),
            **members,
            "created": more.pop("at", None) or self.now(),
            **more,
        }
        group.configurations[configuration["id"]] = configuration
        return configuration

    def add_run(self, group, configuration, *, deploys, ttl=None, kind_fits=True, schedule=None):
        """Start an execution or deployment; returns it."""
        now = self.now()
        plan = self.planner.plan(now, deploys=deploys, complete=self.is_complete(configuration), kind_fits=kind_fits)
        gap = self.choices["deployment_gap"] * self.rng.random() if deploys else 0.0
        run = Run(
            id=self.shapes.identifier(*(("deployment", group, "d") if deploys else ("execution", group, "e"))),
            configuration=configuration,
            deploys=deploys,
            created=now,
            visible=now + gap,
            listed=now + max(gap, self.choices["list_gap"] * self.rng.random()),
            plan=plan,
            ttl=ttl,
            target="RUNNING" if deploys else "COMPLETED",
            modified=now,
            schedule=schedule,
        )
        if plan[-1][1] == "DEAD" and self.choices["dead_message"]:
            run.message = "Failed to load artifacts: object store secret 'default' is missing"
        (group.deployments if deploys else group.executions)[run.id] = run
        return run

    def outputs(self, group, run):
        """The artifacts that an execution has made by now."""
        now = self.now()
        done = run.reached("COMPLETED", now)
        late = done is not None and now < done + self.choices["output_lag"]
        if done is not None and not late and not run.outputs and not run.deploys:
            for output in self.executable_of(run.configuration)["outputArtifacts"]:
                members = {
                    "name": output["name"],
                    "kind": output.get("kind") or "model",
                    "url": f"ai://default/{run.id}/{output['name']}",
                    "description": "",
                    "scenarioId": run.configuration["scenarioId"],
                    "labels": None,
                }
                more = {"executionId": run.id, "configurationId": run.configuration["id"], "foreign": run.foreign}
                run.outputs.append(self.add_artifact(group, members, **more, at=done))
        return run.outputs

    # -- other people ----------------------------------------------------------------------------------------------

    def add_foreign(self, group):
        """Somebody else registers, configures and runs something."""
        pairs = [(s, e) for s in self.scenarios.values() for e in s["executables"].values()]
        scenario_id = self.rng.choice([*self.scenarios, "long-gone-scenario"])
        at = self.born + self.rng.random() * 86400 * 39
        labels = [{"key": "ext.ai.sap.com/team", "value": self.rng.choice("abc")}] if self.rng.random() < 0.3 else None
        artifact = {
            "name": self.rng.choice(("train data", "churn-data", "model_7", 'odd <&> "name"')),
            "kind": self.rng.choice(("model", "dataset", "resultset", "other")),
            "url": self.rng.choice(("ai://default/data/", "gs://bucket/x", "https://example.com/file.csv")),
            "description": self.rng.choice((None, "", "Übung 日本語", "x" * 200)),
            "scenarioId": scenario_id,
            "labels": labels,
        }
        made = self.add_artifact(group, artifact, foreign=True, at=at)
        if not pairs:
            return
        scenario, executable = self.rng.choice(pairs)
        members = {
            "name": self.rng.choice(("conf", "i749902_exec_conf", "a (b) [c]")),
            "executableId": executable["id"],
            "scenarioId": scenario["id"],
            "parameterBindings": [{"key": p["name"], "value": "1"} for p in executable["parameters"]],
            "inputArtifactBindings": [
                {"key": a["name"], "artifactId": made["id"]} for a in executable["inputArtifacts"]
            ],
        }
        configuration = self.add_configuration(group, members, foreign=True, at=at)
        run = self.add_run(group, configuration, deploys=executable["deployable"])
        status = self.rng.choice(STATUSES[:2] + STATUSES[3:] if run.deploys else STATUSES)
        run.created = run.visible = run.listed = run.modified = at
        run.plan = [(at, "UNKNOWN"), (at + 10, "PENDING"), (at + 20, status)] if status != "UNKNOWN" else [(at, status)]
        run.message = self.rng.choice((None, "", "Killed"))
        run.target = "STOPPED" if status == "STOPPED" else run.target
        run.foreign = True
        if self.rng.random() < 0.3:
            group.metrics[run.id] = {
                "created": at,
                "modified": at,
                "metrics": [
                    {
                        "name": "loss",
                        "value": 0.5,
                        "timestamp": datetime.fromtimestamp(at, UTC),
                        "step": 1,
                        "labels": [],
                    }
                ],
                "tags": [{"name": "owner", "value": "somebody"}],
                "customInfo": [],
            }

    def _add_foreign_name(self, group):
        """A configuration that somebody named in his own language."""
        pairs = [(s, e) for s in self.scenarios.values() for e in s["executables"].values()]
        for scenario, executable in pairs[:1]:
            members = {"name": "Müller größe", "executableId": executable["id"], "scenarioId": scenario["id"]}
            bindings = {"parameterBindings": [], "inputArtifactBindings": []}
            self.add_configuration(group, members | bindings, foreign=True, at=self.born)

    def live(self):
        """Time passes among other people's things."""
        if not self.choices["restless"]:
            return
        for group in list(self.groups.values()):
            if self.rng.random() < 0.2:
                self.add_foreign(group)
            strangers = [r for r in [*group.executions.values(), *group.deployments.values()] if r.foreign]
            if strangers and self.rng.random() < 0.3:
                run = self.rng.choice(strangers)
                if self.rng.random() < 0.3:
                    (group.deployments if run.deploys else group.executions).pop(run.id, None)
                else:
                    last = self.rng.choice(("RUNNING", "DEAD", "PENDING"))
                    run.plan = [*run.plan, (max(self.now(), run.plan[-1][0]), last)] if len(run.plan) < 4 else run.plan
                    run.modified = self.now()

    def touched(self, run, how):
        """Remember that somebody changed what is not theirs."""
        if run.foreign:
            self.harmed.append(f"{how} {run.id}")
