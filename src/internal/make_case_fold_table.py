#!/usr/bin/env python3
"""Writes case_fold_table.inc: full case folding as Python's str.casefold() has it, without ASCII.

    make_case_fold_table.py > case_fold_table.inc
"""

import unicodedata
from typing import List, Tuple


def main() -> None:
    ranges: List[Tuple[int, int, int, int]] = []
    sequences: List[Tuple[int, List[int]]] = []
    for code in range(0x80, 0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        folded = [ord(character) for character in chr(code).casefold()]
        if folded == [code]:
            continue
        if len(folded) > 1:
            sequences.append((code, folded))
            continue
        delta = folded[0] - code
        if ranges:
            first, last, step, last_delta = ranges[-1]
            distance = code - last
            if delta == last_delta and (distance == step or (first == last and distance in (1, 2))):
                ranges[-1] = (first, code, distance, delta)
                continue
        ranges.append((code, code, 1, delta))

    print(f"// Written by make_case_fold_table.py from Unicode {unicodedata.unidata_version}.")
    print("// clang-format off")
    print("constexpr CaseFoldRange kCaseFoldRanges[] = {")
    for first, last, step, delta in ranges:
        print(f"    {{0x{first:X}, 0x{last:X}, {step}, {delta}}},")
    print("};")
    print("constexpr CaseFoldSequence kCaseFoldSequences[] = {")
    for code, folded in sequences:
        codes = ", ".join(f"0x{each:X}" for each in folded + [0] * (3 - len(folded)))
        print(f"    {{0x{code:X}, {{{codes}}}}},")
    print("};")
    print("// clang-format on")


if __name__ == "__main__":
    main()
