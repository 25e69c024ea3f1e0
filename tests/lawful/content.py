"""Scenarios, executables and models: what templates in somebody's repository have put into the tenant."""


def _executable(identifier, version, *, deployable=False, parameters=(), inputs=(), outputs=(), **more):
    return {
        "id": identifier,
        "name": more.get("name", identifier),
        "description": more.get("description"),
        "versionId": version,
        "deployable": deployable,
        "parameters": [{"name": n, **({"default": d} if d is not None else {})} for n, d in parameters],
        "inputArtifacts": [{"name": n} for n in inputs],
        "outputArtifacts": [{"name": n, **({"kind": k} if k else {})} for n, k in outputs],
        "labels": more.get("labels", []),
        "bulk": True,
    }


def _scenario(identifier, born, *executables, **more):
    return {
        "id": identifier,
        "name": more.get("name", identifier),
        "description": more.get("description"),
        "labels": more.get("labels", []),
        "created": born,
        "modified": born + more.get("age", 0),
        "executables": {e["id"]: e for e in executables},
    }


def _tutorial(born):
    return _scenario(
        "text-clf-tutorial",
        born,
        _executable(
            "text-clf-train-tutorial", "0.0.1", inputs=["text-data"], outputs=[("text-model-tutorial", "model")]
        ),
        _executable("text-clf-infer-tutorial", "0.0.1", deployable=True, inputs=["textmodel"]),
        name="Text Classification",
        description="Tutorial",
    )


def _split(born):
    training = _scenario(
        "my-training", born, _executable("train-it", "1.2.3", inputs=["data"], outputs=[("model", "model")])
    )
    serving = _scenario("my-serving", born, _executable("serve-it", "2.0.0", deployable=True, inputs=["model"]))
    return [training, serving]


def _churn(born):
    return _scenario(
        "ae0bd260-41ef-4162-81b0-861bd78a8516",
        born,
        _executable(
            "pytf-training-tracking",
            "0.0.1",
            parameters=[("train-epoch", None), ("learning_rate", "0.1"), ("note", "")],
            inputs=["churn-data", "textclass-data"],
            outputs=[("churn-pickle", "model"), ("pytf-model", None)],
        ),
        _executable("nothing.needed", "1.0.0-beta", name="No inputs at all"),
        _executable("required_only", "2.1", parameters=[("must", None)], description=""),
        _executable(
            "serve.churn", "2.1", deployable=True, parameters=[("minreplicas", None)], inputs=["modeluri"],
            labels=[{"key": "ext.ai.sap.com/gpu", "value": "none"}],
        ),
        _executable("serve-plain", "1.0.0-beta", deployable=True),
        labels=[{"key": "ext.ai.sap.com/team", "value": "churn"}, {"key": "scenarios.ai.sap.com/s4", "value": ""}],
        age=1000,
    )  # fmt: skip


def _llm(born):
    return _scenario(
        "foundation-models",
        born,
        _executable(
            "azure-openai", "0.0.1", deployable=True, parameters=[("modelName", None), ("modelVersion", "latest")]
        ),
        name="foundation-models",
        description="AI Core Global Scenario for LLM Access",
        labels=[{"key": "scenarios.ai.sap.com/llm", "value": "true"}],
    )


MODELS = [
    {
        "model": "gpt-4-32k",
        "executableId": "azure-openai",
        "description": "",
        "displayName": "GPT-4",
        "accessType": "Remote",
        "provider": "OpenAI",
        "allowedScenarios": [{"scenarioId": "foundation-models", "executableId": "azure-openai"}],
        "versions": [
            {
                "name": "0613",
                "isLatest": True,
                "deprecated": False,
                "retirementDate": "",
                "contextLength": 32768,
                "inputTypes": ["text"],
                "capabilities": ["text-generation"],
                "cost": [{"inputCost": "0.00086"}, {"outputCost": "0.00158"}],
                "streamingSupported": True,
            }
        ],
    },
    {"model": "tiny", "executableId": "azure-openai", "description": "No versions yet", "versions": []},
]


def _only(scenario, deployable):
    kept = {i: e for i, e in scenario["executables"].items() if e["deployable"] is deployable}
    return scenario | {"executables": kept}


def scenarios_of(content, choices, born):
    """The scenarios of a tenant, by id."""
    none = _scenario("empty-scenario", born, description="no executable yet")
    found = {
        "tutorial": [_tutorial(born)],
        "rich": [_tutorial(born), _churn(born), _llm(born), none],
        "other": [_churn(born), _llm(born)],
        "split": _split(born),
        # The serving template alone is synchronised; what trains is somebody's own.
        "half-tutorial": [_only(_tutorial(born), True), _split(born)[0]],
        "deployable-only": [_only(_churn(born), True), _llm(born)],
        "training-only": [_only(_churn(born), False)],
        "no-executables": [none],
        "nothing": [],
    }[content]
    templates = choices["bulk_templates"]
    for scenario in found:
        for executable in scenario["executables"].values():
            executable["bulk"] = templates == "all" or (templates == "some" and choices.chance(0.5))
    return {scenario["id"]: scenario for scenario in found}
