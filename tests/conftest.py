"""What every test relies on, however the suite was started."""

from __future__ import annotations

import os
import signal

# A suite started in the background, or under nohup, inherits ignored signals, and so would the programs that
# the tests interrupt and hang up.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

# The learner's own data and habits are none of a test's business.
for _name in ("TUI_TUTOR_DATA", "TUI_TUTOR_DRAWING", "NO_COLOR", "ACCESSIBLE", "TUI_TUTOR_PICTURES"):
    os.environ.pop(_name, None)
