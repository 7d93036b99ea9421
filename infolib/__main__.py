"""`python -m infolib` is `infolib`."""

import sys

from infolib.cli import main

if __name__ == "__main__":
    sys.exit(main())
