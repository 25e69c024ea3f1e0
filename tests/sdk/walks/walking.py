"""What the walks share: clients from the environment, waiting, refusals, the report on standard output.

The interpreter of an SDK's own environment runs this: it knows the SDK, and nothing of the project.
"""

import json
import os
import time
from importlib.metadata import distributions

from ai_api_client_sdk.ai_api_v2_client import AIAPIV2Client
from ai_api_client_sdk.exception import AIAPIServerException
from ai_api_client_sdk.models.artifact import Artifact
from ai_api_client_sdk.models.input_artifact_binding import InputArtifactBinding
from ai_api_client_sdk.models.parameter_binding import ParameterBinding
from ai_core_sdk.ai_core_v2_client import AICoreV2Client

SCENARIO = "text-clf-tutorial"
TRAINING = "text-clf-train-tutorial"
SERVING = "text-clf-infer-tutorial"


def core(**more):
    """The client that tutorials show."""
    return AICoreV2Client.from_env(**more)


def api(**changes):
    """The client beneath: it alone offers schedules and health."""
    known = {
        "base_url": os.environ["AICORE_BASE_URL"] + "/lm",
        "auth_url": os.environ["AICORE_AUTH_URL"],
        "client_id": os.environ["AICORE_CLIENT_ID"],
        "client_secret": os.environ["AICORE_CLIENT_SECRET"],
        "resource_group": os.environ["AICORE_RESOURCE_GROUP"],
    }
    return AIAPIV2Client(**{**known, **changes})


def dataset(client, url="ai://default/data"):
    """A data set that training takes; returns its id."""
    made = client.artifact.create(name="walk-data", kind=Artifact.Kind.DATASET, url=url, scenario_id=SCENARIO)
    return made.id


def configure(client, executable, inputs, parameters=None, name="walk"):
    """A configuration with artifacts and parameters by key; returns its id."""
    made = client.configuration.create(
        name=name,
        scenario_id=SCENARIO,
        executable_id=executable,
        parameter_bindings=[ParameterBinding(key, value) for key, value in (parameters or {}).items()],
        input_artifact_bindings=[InputArtifactBinding(key, artifact) for key, artifact in inputs.items()],
    )
    return made.id


def until(read, enough, seconds=20.0):
    """Read again and again until a value is enough; returns all values that differ from the one before."""
    deadline = time.monotonic() + seconds
    values = [read()]
    while not enough(values[-1]):
        assert time.monotonic() < deadline, f"not reached in {seconds} s: {values}"
        time.sleep(0.03)
        value = read()
        if value != values[-1]:
            values.append(value)
    return values


def statuses(client, enactment_id, *ends):
    """Follow an execution or deployment to one of ``ends``; returns the statuses on the way."""
    return until(lambda: client.get(enactment_id).status.value, lambda status: status in ends)


def in_time(client, configuration, act, attempts=5):
    """Start executions until ``act(id)`` reaches one before it is over; returns its id and what ``act`` returned.

    ``act`` returns None when it came too late: the mock is fast, and the machine may be slow.
    """
    for _ in range(attempts):
        execution = client.create(configuration).id
        statuses(client, execution, "PENDING", "RUNNING", "COMPLETED")
        answer = act(execution)
        if answer is not None:
            return execution, answer
    raise AssertionError(f"{attempts} executions refused it")


def gone(client, resource_id):
    """Wait until a resource is not found any more."""
    return until(lambda: refused(client.get, resource_id, missing="there"), lambda found: found != "there")[-1]


def falling(lines):
    """Whether the lines of a log go back in time."""
    times = [line.timestamp for line in lines]
    return len(set(times)) > 1 and times == sorted(times, reverse=True)


def refused(call, *arguments, missing=None, **more):
    """What the SDK raises at a call; without an exception ``missing``, and without that a failed walk."""
    try:
        call(*arguments, **more)
    except AIAPIServerException as error:
        if error.status_code >= 500:
            raise
        return {
            "exception": type(error).__name__,
            "status": error.status_code,
            "code": error.error_code,
            "message": error.error_message,
            "text": str(error),
        }
    assert missing is not None, f"{call.__qualname__} was not refused"
    return missing


def accepted(call, *arguments, **more):
    """What a call returns, or None when the server refused it."""
    try:
        return call(*arguments, **more)
    except AIAPIServerException as error:
        if error.status_code >= 500:
            raise
        return None


def installed():
    """Versions of the distributions around here."""
    return {d.metadata["Name"]: d.version for d in distributions()}


def tell(**seen):
    """End the walk: its last line is what it saw."""
    print(json.dumps(seen, default=str))
