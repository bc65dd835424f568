"""Runs the PyTorch programs that the upsampling lab shows, and notes what they compute.

    python upsampling_lab.py

`www/tests/fixtures/lab/*.py` are the programs (the page's tests compare them with what the page shows);
`outputs.json` beside them gets the value of `output` for each, which the numbers on the page must equal.
"""

from __future__ import annotations

import contextlib
import io
import json
import runpy
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "www" / "tests" / "fixtures" / "lab"


def main() -> None:
    outputs = {}
    for program in sorted(FOLDER.glob("*.py")):
        with contextlib.redirect_stdout(io.StringIO()):
            output = runpy.run_path(str(program))["output"].detach()
        numbers = [round(float(v), 6) + 0.0 for v in output.flatten()]
        outputs[program.stem] = {"shape": list(output.shape), "output": numbers}
    text = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in outputs.items())
    (FOLDER / "outputs.json").write_text(f"{{\n{text}\n}}\n")
    print(f"{len(outputs)} programs")


if __name__ == "__main__":
    main()
