"""How every benchmark tells its figures."""

import json
from collections.abc import Mapping


def tell(figures: Mapping[str, object], *, as_json: bool) -> None:
    """Print the figures, as one JSON object or a line each."""
    if as_json:
        print(json.dumps(figures))
        return
    width = max(map(len, figures))
    for name, figure in figures.items():
        print(f"{name:<{width}} {figure}")
