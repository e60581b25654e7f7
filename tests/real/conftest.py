"""Make the scripts importable also where pytest isn't started with `python -m`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
