"""HTTP Archives for the tests: entries as Chrome writes them, with what a test changes."""

import json

BASE = "https://api.example.com/v2/lm"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl"
CONFIGURATIONS = {"count": 0, "resources": []}


def entry(method="GET", url=f"{BASE}/configurations", status=200, body=CONFIGURATIONS, **changes):
    """One entry; ``changes`` replaces members of its content, or with ``headers`` those of the answer."""
    text = body if isinstance(body, str) else json.dumps(body)
    headers = changes.pop("headers", [{"name": "content-type", "value": "application/json; charset=utf-8"}])
    asked = [
        {"name": ":authority", "value": "api.example.com"},
        {"name": "authorization", "value": f"Bearer {TOKEN}"},
        {"name": "cookie", "value": "session=cookie-of-the-browser; theme=dark"},
        {"name": "ai-resource-group", "value": "default"},
        *changes.pop("asked", []),
    ]
    content = {"size": len(text.encode()), "mimeType": "application/json", "text": text, **changes}
    return {
        "startedDateTime": "2026-05-06T07:08:09.123Z",
        "time": 12.5,
        "request": {"method": method, "url": url, "httpVersion": "h2", "headers": asked, "cookies": []},
        "response": {
            "status": status,
            "headers": headers,
            "cookies": [],
            "content": {name: value for name, value in content.items() if value is not None},
        },
    }


def archive(folder, *entries, name="browser.har", indent=1):
    """Write an archive; returns its path."""
    path = folder / name
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries)}}, indent=indent), "utf-8")
    return path
