"""Prints the seconds that Python's netrc takes for a file, each time one line."""

import netrc
import sys
import time

path, rounds = sys.argv[1], int(sys.argv[2])
for _ in range(rounds):
    started = time.perf_counter()
    netrc.netrc(path)
    print(time.perf_counter() - started)
