"""Texts of waivers.yaml for tests."""

from datetime import UTC, date, datetime, timedelta

TODAY = date(2026, 11, 20)
REQUIREMENT = "LM-METRICS-PATCH-APPENDS"


def in_days(number):
    """The day so many days from today: a run knows no other clock."""
    return datetime.now(UTC).date() + timedelta(days=number)


def waiver(requirement=REQUIREMENT, *more, expires="2027-06-30"):
    """The lines of one entry."""
    named = [f"requirement: {requirement}"] if requirement else []
    lines = [*named, *more, "reason: known", "issue: https://issues.example.com/1", "owner: team-x"]
    first, *rest = [*lines, *([f"expires: {expires}"] if expires else [])]
    return f"  - {first}\n" + "".join(f"    {line}\n" for line in rest)


def waivers(*entries):
    """The whole file."""
    return "waivers:\n" + "".join(entries)
