"""What a target may do with the endpoints that the tutorial calls."""

# The command line imports this before it starts anything: nothing else is in here.
DIALECTS = ("published", "deprecated", "as-printed")
