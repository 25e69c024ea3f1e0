"""Kill matrices in memory, as far as the reduction reads them."""

from lmconform.mutation import reduction


def matrix(kills, spent, seconds=0.0, broken="LM-X"):
    """matrix.json as far as it matters: mutant to the items that kill it."""
    return {
        "mutants": [
            {"id": mutant, "breaks": [broken], "kills": [{"requirement": "LM-X", "item": item} for item in items]}
            for mutant, items in kills.items()
        ],
        "spent": spent,
        "baseline": [{"mock": "plain", "seconds": seconds or sum(spent.values())}],
    }


def evidence(kills, spent, **more):
    return reduction.read([matrix(kills, spent, **more)])
