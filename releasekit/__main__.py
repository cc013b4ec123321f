"""``python -m releasekit`` is the command ``releasekit``."""

import sys

from releasekit.cli import main

sys.exit(main())
