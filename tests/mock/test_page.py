"""The web page in Chromium: what it shows, and what it must not do."""

import json
import os
import re
import shutil
import subprocess
import time
from urllib.parse import urlsplit

import pytest
import requests
from tests.conftest import LMCONFORM, MockProcess, clean_environment
from tests.mock.tenant import Tenant

HOSTILE = '<script>document.title="taken"</script><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A mock for the tests of the page, with a lifecycle slow enough to be observed."""
    process = MockProcess(tmp_path_factory.mktemp("page"), "--pace", "1.2", "--switch", "list-order=id")
    yield Tenant(process)
    process.stop()


@pytest.fixture
def page(browser, house):
    """The page, opened; fails on an error, a dialog, or a request to another host."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{house.process.url}/")
    page.wait_for_selector(".tiles")
    yield page
    context.close()
    assert complaints == []
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(house.process.url).netloc}


def go(page, where):
    """Open a view by its address."""
    page.evaluate("where => { location.hash = where }", where)
    page.wait_for_function("where => document.activeElement?.id === 'main' && location.hash === where", arg=where)


def test_an_execution_is_seen_moving_to_completed(page, house):
    execution = house.execution()
    row = page.locator(".row", has_text=execution)
    row.get_by_label("Status RUNNING").wait_for()
    row.get_by_label("Status COMPLETED").wait_for()
    feed = page.get_by_role("log")
    assert feed.locator("li", has_text=execution).filter(has_text=re.compile("→\\s*COMPLETED")).count() == 1


def test_a_deployment_a_schedule_an_artifact_a_configuration_a_file_appear_on_their_pages(page, house):
    deployment, artifact = house.deployment(), house.artifact("ai://default/seen")
    configuration = house.training()
    schedule = house.post(
        "/executionSchedules", 202, name="nightly run", cron="0 3 * * *", configurationId=configuration
    )["id"]
    assert house.send("PUT", "/dataset/files/seen/data.csv", data=b"1,2").status_code == 201
    shown = {
        "deployments": deployment,
        "schedules": "nightly run",
        "artifacts": "ai://default/seen",
        "configurations": "text-clf-tutorial / text-clf-train-tutorial",
        "files": "seen/data.csv",
    }
    for kind, words in shown.items():
        go(page, f"#/{kind}")
        page.locator("main .row", has_text=words).first.wait_for()
    for kind, made in (("artifacts", artifact), ("configurations", configuration), ("schedules", schedule)):
        go(page, f"#/{kind}/{made}")
        page.locator("dd", has_text=made).first.wait_for()


def test_the_status_of_an_open_execution_changes_and_its_logs_grow(page, house):
    execution = house.execution()
    go(page, f"#/executions/{execution}")
    page.locator("h1 .pill", has_text="RUNNING").wait_for()
    page.locator("h1 .pill", has_text="COMPLETED").wait_for()
    page.locator(".log", has_text="The run is COMPLETED").wait_for()


def test_metrics_are_plotted_over_their_steps_as_they_come(page, house):
    execution = house.execution()
    go(page, f"#/executions/{execution}")

    def send(first, last):
        points = [
            {"name": "loss", "value": 1 / (step + 1), "step": step, "labels": [{"name": "set", "value": part}]}
            for step in range(first, last)
            for part in ("train", "test")
        ]
        assert house.send("PATCH", "/metrics", json={"executionId": execution, "metrics": points}).status_code == 204

    send(0, 5)
    plot = page.get_by_role("img", name="loss over steps 0 to 4, from 0.2 to 1")
    plot.wait_for()
    lines = plot.locator("path.stroke")
    assert lines.count() == 2
    assert lines.first.get_attribute("d").count("L") == 4
    assert plot.locator("circle").count() == 10
    send(5, 10)
    page.get_by_role("img", name="loss over steps 0 to 9, from 0.1 to 1").wait_for()
    assert page.locator(".legend").inner_text().split("\n") == ["set=test", "set=train"]


def test_requests_and_what_is_wrong_with_them_are_listed(page, house):
    house.artifact("ai://default/of-the-log/")
    go(page, "#/requests")
    page.get_by_label("Requests, the newest first").locator("li", has_text="POST /v2/lm/artifacts 201").first.wait_for()
    page.get_by_label("Advice").locator("li", has_text="ai://default/of-the-log/").wait_for()


def test_names_with_markup_are_shown_as_text(page, house):
    label = {"key": "ext.ai.sap.com/x", "value": HOSTILE}
    body = {"kind": "model", "url": f"ai://{HOSTILE}", "scenarioId": "text-clf-tutorial", "labels": [label]}
    made = house.post("/artifacts", 201, name=HOSTILE, description=HOSTILE, **body)["id"]
    tracked = {"tags": [{"name": HOSTILE, "value": HOSTILE}], "metrics": [{"name": "<b>&amp;", "value": 1, "step": 1}]}
    execution = house.execution()
    assert house.send("PATCH", "/metrics", json={"executionId": execution, **tracked}).status_code == 204
    for where in (f"#/artifacts/{made}", "#/artifacts", f"#/tracking/{execution}"):
        go(page, where)
        page.get_by_text(HOSTILE).first.wait_for()
    assert page.locator("figcaption strong").inner_text() == "<b>&amp;"
    assert page.locator("main script, main b:has-text('&'), main img").count() == 0
    assert "taken" not in page.title()


def test_every_operation_of_the_contract_is_documented(page, house):
    description = requests.get(f"{house.process.url}/-/openapi.json", timeout=5).json()
    ids = {o["operationId"] for item in description["paths"].values() for o in item.values() if "operationId" in o}
    assert len(ids) == 43
    go(page, "#/api")
    links = page.locator("main a.operation").evaluate_all("all => all.map(a => a.getAttribute('href').slice(6))")
    assert set(links) == ids
    for operation in ids:
        go(page, f"#/api/{operation}")
        # The one before it has a signature as well: wait for the name.
        page.locator("main").get_by_text(operation, exact=True).wait_for()
        page.locator(".signature").wait_for()
        assert page.locator(".answer").count() >= 4


def test_the_documentation_of_an_operation_opens_from_the_index(page):
    page.get_by_role("navigation").get_by_role("link", name="API").click()
    page.get_by_label("Find operations").fill("delete execution")
    page.locator("main a.operation:visible", has_text="/v2/lm/executions/{executionId}").click()
    page.get_by_role("heading", name="Delete an execution", level=1).wait_for()
    assert page.locator("dt", has_text="executionId").is_visible()
    answer = page.locator(".answer", has_text="412")
    assert not answer.get_by_text("ErrorEnvelope").is_visible()
    answer.locator("summary").first.click()
    answer.get_by_text("ErrorEnvelope").click()
    page.get_by_role("heading", name="ErrorEnvelope", level=1).wait_for()


def test_an_operation_can_be_tried_with_the_secret_and_without_it_nothing_is_sent(page, house):
    house.artifact()
    go(page, "#/api/createConfiguration")
    before = house.get("/configurations")["count"]
    page.get_by_role("button", name="Send").click()
    page.get_by_text("The client secret is missing").wait_for()
    page.get_by_label("Client secret").fill(house.process.key["clientsecret"])
    page.get_by_role("button", name="Send").click()
    page.locator(".result", has_text="201").get_by_text("Configuration created").wait_for()
    assert house.get("/configurations")["count"] == before + 1
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])") == '[{},{},""]'


def test_what_is_offered_is_shown(page):
    go(page, "#/scenarios")
    page.locator("summary", has_text="text-clf-train-tutorial").click()
    assert page.get_by_text("text-data").is_visible()
    go(page, "#/capabilities")
    assert page.locator(".row", has_text="executionSchedules").locator(".pill").first.inner_text() == "offered"
    go(page, "#/switches")
    page.locator("main .name", has_text="list-order").first.wait_for()
    assert page.locator("main ul").first.locator(".name").all_inner_texts() == ["list-order"]
    assert "id" in page.locator("main ul").first.locator(".chosen").inner_text()


def test_a_new_resource_group_appears_and_can_be_chosen(page, house):
    go(page, "#/groups")
    name = f"group-{time.time_ns()}"
    house.post("/v2/admin/resourceGroups", 202, resourceGroupId=name)
    page.get_by_role("button", name=name).click()
    page.wait_for_function("name => document.querySelector('#group').value === name", arg=name)
    go(page, "#/executions")
    page.get_by_text(f"0 executions in {name}").wait_for()
    house.delete(f"/v2/admin/resourceGroups/{name}", 202)


def test_the_navigation_is_reached_and_used_by_keyboard(page):
    # Where the first Tab of a page leads to, which changes as it is drawn, differs between versions of Chromium.
    first = "document.querySelector('a[href], button, input, select').textContent"
    assert page.evaluate(first) == "Skip to content"
    page.locator(".skip").focus()
    reached = []
    for _ in range(16):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.closest('nav a')?.firstChild.textContent ?? ''"))
    names = page.locator("nav a").evaluate_all("all => all.map(a => a.firstChild.textContent)")
    assert [name for name in reached if name][: len(names)] == names
    page.locator("nav a", has_text="Schedules").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Schedules", level=1).wait_for()
    page.wait_for_function("document.activeElement.id === 'main'")
    assert page.locator("nav a[aria-current=page]").inner_text().startswith("Schedules")


def test_each_view_has_one_heading_of_the_first_level_and_names_for_what_can_be_used(page, house):
    execution = house.execution()
    nameless = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary, nav, [role=img]')]
        .filter(e => !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim()))
        .map(e => e.outerHTML)"""
    views = (
        "#/",
        "#/executions",
        f"#/executions/{execution}",
        "#/files",
        "#/requests",
        "#/switches",
        "#/scenarios",
        "#/api",
    )
    for where in (*views, "#/api/patchMetrics", "#/schemas", "#/nowhere", "#/api/nothing"):
        if where != "#/":
            go(page, where)
        page.locator("h1").first.wait_for()
        assert page.locator("h1").count() == 1, where
        assert page.evaluate(nameless) == [], where


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(browser, house, scheme):
    house.execution()
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{house.process.url}/#/api/createExecution")
    page.wait_for_selector(".signature")
    # WCAG 2.2, 1.4.3: at least 4.5 to 1.
    contrast = """() => {
        const root = getComputedStyle(document.documentElement);
        const light = name => {
            const n = parseInt(root.getPropertyValue(name).trim().slice(1), 16);
            const [r, g, b] = [n >> 16, (n >> 8) & 255, n & 255].map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const weak = [];
        for (const ground of ['--ground', '--paper', '--raised'])
            for (const ink of 'ink quiet accent grey amber blue green red teal'.split(' ').map(name => `--${name}`)) {
                const [low, high] = [light(ground), light(ink)].sort((a, b) => a - b);
                if ((high + 0.05) / (low + 0.05) < 4.5) weak.push(`${ink} on ${ground}`);
            }
        return weak;
    }"""
    assert page.evaluate(contrast) == []
    context.close()


def test_a_phone_shows_every_view_without_scrolling_sideways(browser, house):
    house.execution()
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{house.process.url}/")
    page.wait_for_selector(".tiles")
    views = (
        "#/executions",
        "#/artifacts",
        "#/switches",
        "#/scenarios",
        "#/groups",
        "#/requests",
        "#/api",
        "#/api/createArtifact",
    )
    for where in views:
        go(page, where)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
    context.close()


def test_a_hidden_page_sends_no_requests(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    hide = "state => { Object.defineProperty(document, 'visibilityState', {value: state, configurable: true});" + (
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    page.evaluate(hide, "hidden")
    page.wait_for_timeout(300)
    asked.clear()
    page.wait_for_timeout(2200)
    assert asked == []
    page.evaluate(hide, "visible")
    page.wait_for_timeout(1500)
    assert any("/-/state" in url for url in asked)


def test_the_page_reports_a_mock_that_does_not_answer(browser, start_mock):
    mock = start_mock()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{mock.url}/")
    page.wait_for_selector(".tiles")
    mock.stop()
    page.get_by_text("The mock does not answer").wait_for()
    context.close()


def test_the_page_receives_neither_secret_nor_token(house):
    url, key = house.process.url, house.process.key
    execution = house.execution()
    paths = ("/", "/-/offer", "/-/state", f"/-/state?kind=executions&id={execution}", "/-/openapi.json", "/-/main.js")
    token = house.session.headers["Authorization"].split()[1]
    for path in paths:
        answer = requests.get(url + path, timeout=5)
        assert answer.status_code == 200, path
        assert key["clientsecret"] not in answer.text
        assert token not in answer.text


def test_the_page_is_read_only_and_has_security_headers(house):
    url = house.process.url
    before = requests.get(f"{url}/-/state", timeout=5).json()["groups"]
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("/", "/-/state", "/-/offer"):
            assert requests.request(method, url + path, json={}, timeout=5).status_code == 405
    answer = requests.get(f"{url}/", timeout=5)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in requests.get(f"{url}/-/state", timeout=5).headers
    assert requests.head(f"{url}/", timeout=5).headers["Content-Length"] == str(len(answer.content))
    assert requests.get(f"{url}/-/state", timeout=5).json()["groups"] == before


@pytest.mark.parametrize("path", ["/-/", "/-/../front.py", "/-/%2e%2e/front.py", "/-/assets/main.js", "/-/nothing"])
def test_only_the_files_of_the_page_are_served(tenant, path):
    assert tenant.raw("GET", path) == 404


def test_a_foreign_host_name_is_refused(house):
    url = house.process.url
    for host, status in {
        "rebound.example:8090": 421,
        "127.0.0.1.rebound.example": 421,
        "": 421,
        "localhost:8090": 200,
        "[::1]:8090": 200,
        "page.localhost:8090": 200,
        # A search domain makes rebound.example of it.
        "rebound:8090": 421,
    }.items():
        assert requests.get(f"{url}/-/state", headers={"Host": host}, timeout=5).status_code == status, host


def test_the_state_is_bounded(house):
    configuration = house.training()
    long = "x" * 5000
    for number in range(40):
        body = {"name": f"many {number}", "kind": "dataset", "url": "ai://default/data", "description": long}
        house.post("/artifacts", 201, scenarioId="text-clf-tutorial", **body)
    execution = house.execution(configuration)
    for part in range(10):
        points = [{"name": f"m{n % 5}", "value": n % 7, "step": n + part * 1000} for n in range(1000)]
        points[500]["value"] = 99 if part == 7 else 0
        assert house.send("PATCH", "/metrics", json={"executionId": execution, "metrics": points}).status_code == 204
    answer = requests.get(f"{house.process.url}/-/state?kind=executions&id={execution}", timeout=5)
    state = answer.json()
    assert len(state["artifacts"]) == 25
    assert state["artifacts"][0]["name"] == "many 39"
    assert state["totals"]["artifacts"] >= 40
    assert state["open"]["points"] == 10_000
    assert len(answer.content) < 200_000
    peak = max(point[1] for point in state["open"]["charts"][0]["lines"][0]["points"])
    assert peak == 99, "the highest point is not drawn"


def test_a_value_too_large_for_a_float_is_not_drawn(house):
    execution = house.execution()
    points = [{"name": "n", "value": 10**400, "step": 1}, {"name": "n", "value": 2, "step": 2}]
    house.send("PATCH", "/metrics", json={"executionId": execution, "metrics": points})
    state = requests.get(f"{house.process.url}/-/state?kind=tracking&id={execution}", timeout=5)
    assert state.status_code == 200


def test_no_page_turns_the_page_off(start_mock):
    mock = start_mock("--no-page")
    assert requests.get(f"{mock.url}/", timeout=5).status_code == 404
    assert requests.get(f"{mock.url}/-/state", timeout=5).status_code == 404


def test_on_a_public_address_the_page_is_off_by_default(start_mock):
    everywhere = start_mock("--host", "0.0.0.0")  # noqa: S104 - that is the point
    assert requests.get(f"{everywhere.url}/", timeout=5).status_code == 404
    wanted = start_mock("--host", "0.0.0.0", "--page")  # noqa: S104
    assert requests.get(f"{wanted.url}/", timeout=5).status_code == 200


@pytest.fixture
def introduced(tmp_path):
    """A mock that was started without options for tests, and the lines that it printed."""
    log = tmp_path / "printed.txt"
    # What is quoted wrongly breaks on these.
    secret = 'it\'s $HOME & "more" !2'
    command = [*LMCONFORM, "mock", "--port", "0"]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdout=stream, stderr=stream, env=clean_environment(LMCONFORM_MOCK_CLIENT_SECRET=secret)
        )
    deadline = time.monotonic() + 20
    while "lmconform run" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield process, log.read_text().splitlines()
    process.terminate()
    process.wait(10)


def line_of(lines, beginning):
    """The one line that begins so."""
    (found,) = [line for line in lines if line.startswith(beginning)]
    return found


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on the path")
def test_the_printed_curl_line_works_when_it_is_pasted(introduced):
    line = line_of(introduced[1], "TOKEN=")
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert "text-clf-tutorial" in {scenario["id"] for scenario in json.loads(done.stdout)["resources"]}


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="no curl or bash on the path")
def test_the_printed_curl_line_works_in_a_shell_with_history_expansion(introduced):
    line = line_of(introduced[1], "TOKEN=")
    command = ["bash", "--norc", "-i", "-o", "history", "-o", "histexpand"]
    done = subprocess.run(command, input=f"{line}\nexit\n", capture_output=True, text=True, timeout=30)
    assert "event not found" not in done.stderr
    assert '"text-clf-tutorial"' in done.stdout


def test_the_printed_exports_and_the_service_key_name_the_same_client(introduced):
    process, lines = introduced
    exports = line_of(lines, "export ")
    show = (
        f'{exports}; printf "%s\\n" "$AICORE_CLIENT_ID" "$AICORE_CLIENT_SECRET" "$AICORE_AUTH_URL" "$AICORE_BASE_URL"'
    )
    done = subprocess.run(["sh", "-c", show], capture_output=True, text=True, timeout=30)
    client, secret, token_url, base = done.stdout.splitlines()
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    token = requests.post(token_url, data=form, timeout=5).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "AI-Resource-Group": "tutorial"}
    assert requests.get(f"{base}/lm/scenarios", headers=headers, timeout=5).status_code == 200
    file = line_of(lines, "service key: ").partition(": ")[2]
    assert os.stat(file).st_mode & 0o077 == 0
    with open(file) as stream:
        key = json.load(stream)
    assert (key["clientid"], key["clientsecret"], key["url"] + "/oauth/token") == (client, secret, token_url)
    process.terminate()
    process.wait(10)
    assert not os.path.exists(file)
