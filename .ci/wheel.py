"""Fails when the wheel lacks a file of the package: ``wheel.py WHEEL``."""

import subprocess
import sys
import zipfile

held = set(zipfile.ZipFile(sys.argv[1]).namelist())
tracked = subprocess.run(
    ["git", "ls-files", "-z", "quotecheck"], capture_output=True, text=True, check=True
).stdout.split("\0")
missing = sorted(set(filter(None, tracked)) - held)
sys.exit(f"not in the wheel: {', '.join(missing)}" if missing else 0)
