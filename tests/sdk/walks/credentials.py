"""The first call of a client that found its credentials by itself."""

from walking import core, installed, tell

client = core()
first = client.rest_client.get_token()
scenarios = client.scenario.query()
artifacts = client.artifact.query()

tell(
    installed=installed(),
    base_url=client.base_url,
    group=client.rest_client.headers["AI-Resource-Group"],
    scenarios=[s.id for s in scenarios.resources],
    artifacts=artifacts.count,
    token_kept=client.rest_client.get_token() == first,
)
