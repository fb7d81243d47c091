#!/usr/bin/env python3
"""Looks through everything that the tests wrote for the personal data that they plant.

    scan_outputs.py BUILD_FOLDER…

Reads the outputs of every test that ctest kept (Testing/Temporary/LastTest.log) and the JUnit files in test-cases/. Exit
code 1 when a planted name, phone number, e-mail address or card number is in any of them, or when there was nothing to read.
"""

import pathlib
import re
import sys
from typing import List

# The data that tests/desk/planter.cc, tests/rules/mask_test.cc and the Python tests plant; without spaces, in lower case.
PLANTED = ["quastenberg", "plantagenet", "+14155550137", "4111111111111111"]


def outputs(build: pathlib.Path) -> List[pathlib.Path]:
    return [*(build / "Testing" / "Temporary").glob("LastTest.log"), *sorted((build / "test-cases").glob("*.xml"))]


def findings(path: pathlib.Path) -> List[str]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        squeezed = re.sub(r"[\s-]", "", line).lower()
        found += [f"{path}:{number}: {planted}" for planted in PLANTED if planted in squeezed]
    return found


def main(arguments: List[str]) -> int:
    failed = 0
    for argument in arguments[1:]:
        paths = outputs(pathlib.Path(argument))
        found = [finding for path in paths for finding in findings(path)]
        print("\n".join(found + [f"{argument}: {len(paths)} outputs of tests, {len(found)} planted texts in them"]))
        failed |= bool(found) or not paths
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
