"""The limits that ``GET /lm/meta`` advertises and that the operations enforce."""

from __future__ import annotations

# Shortest time to live of a deployment.
MINIMUM_TTL = "10m"
# Shortest interval between two runs of an execution schedule, in hours.
MINIMUM_FREQUENCY_HOURS = 1
# Largest file of a dataset, and largest request body, in bytes.
MAX_UPLOAD_BYTES = 6 * 1024 * 1024
# -1 in GET /lm/meta: there is no limit.
UNLIMITED = -1
