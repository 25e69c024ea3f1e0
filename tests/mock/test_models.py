"""Only the scenario foundation-models has models (fact F61)."""


def test_foundation_models_has_models(tenant):
    found = tenant.get("/scenarios/foundation-models/models")
    assert found["count"] == len(found["resources"]) > 1
    executables = {e["id"] for e in tenant.get("/scenarios/foundation-models/executables")["resources"]}
    for model in found["resources"]:
        assert model["executableId"] in executables
        assert [version["isLatest"] for version in model["versions"]].count(True) == 1


def test_other_scenarios_have_no_models(tenant):
    assert tenant.get("/scenarios/text-clf-tutorial/models") == {"count": 0, "resources": []}
    tenant.get("/scenarios/unknown/models", 404)


def test_a_tenant_may_have_no_foundation_models(start_tenant):
    tenant = start_tenant("--switch", "foundation-models=absent", "--switch", "models-elsewhere=404")
    tenant.get("/scenarios/foundation-models", 404)
    tenant.get("/scenarios/text-clf-tutorial/models", 404)
