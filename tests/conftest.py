"""What every test relies on, however the suite was started."""

from __future__ import annotations

import os
import signal

from hypothesis import HealthCheck, settings

# A suite started in the background, or under nohup, inherits ignored signals, and so would the programs that
# the tests interrupt and hang up.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

# The learner's own data and habits are none of a test's business.
for _name in ("TUI_TUTOR_DATA", "TUI_TUTOR_DRAWING", "NO_COLOR", "ACCESSIBLE", "TUI_TUTOR_PICTURES"):
    os.environ.pop(_name, None)

# No test asserts a time: on a machine that is busy with other things a single example may take any.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
