"""What the SDK makes of the mock's errors: which exception, with which status, code and message."""

import uuid

from ai_api_client_sdk.exception import AIAPIAuthenticatorException
from ai_api_client_sdk.models.artifact import Artifact
from ai_api_client_sdk.models.label import Label
from ai_api_client_sdk.models.target_status import TargetStatus
from walking import SCENARIO, TRAINING, api, configure, core, dataset, in_time, refused, statuses, tell

client = core()
absent, absent_execution = str(uuid.uuid4()), "e" + uuid.uuid4().hex[:15]
configuration = configure(client, TRAINING, {"text-data": dataset(client)})

done = client.execution.create(configuration).id
statuses(client.execution, done, "COMPLETED", "DEAD")
_, busy = in_time(
    client.execution, configuration, lambda found: refused(client.execution.delete, found, missing=False) or None
)

# A token of the client's own choice: the SDK wants either that or credentials.
nobody = {"auth_url": None, "client_id": None, "client_secret": None}
stranger = api(**nobody, token_creator=lambda: "Bearer " + "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJub2JvZHkifQ.c2ln")

found = {
    "scenario": refused(client.scenario.get, "walk-absent"),
    "executable": refused(client.executable.get, SCENARIO, "walk-absent"),
    "artifact": refused(client.artifact.get, absent),
    "configuration": refused(client.configuration.get, absent),
    "execution": refused(client.execution.get, absent_execution),
    "stop": refused(client.execution.modify, absent_execution, TargetStatus.STOPPED),
    "delete": refused(client.execution.delete, absent_execution),
    "nobody's executable": refused(
        client.configuration.create, name="walk", scenario_id=SCENARIO, executable_id="walk-absent"
    ),
    "foreign label": refused(
        client.artifact.create,
        name="walk",
        kind=Artifact.Kind.DATASET,
        url="ai://default/data",
        scenario_id=SCENARIO,
        labels=[Label(key="no.such.domain/walk", value="yes")],
    ),
    "nobody's configuration": refused(client.execution.create, absent),
    "delete while it runs": busy,
    "stop when completed": refused(client.execution.modify, done, TargetStatus.STOPPED),
    "foreign token": refused(stranger.scenario.query),
    "foreign group": refused(client.artifact.query, resource_group="walk-absent"),
    "no group": refused(api(resource_group=None).artifact.query),
}
wrong = api(client_secret="wrong")
try:
    wrong.scenario.query()
except AIAPIAuthenticatorException as error:
    found["wrong secret"] = {"exception": type(error).__name__, "status": error.status_code, "message": str(error)}

tell(**found)
