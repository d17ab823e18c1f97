"""Celery's own command, with pool processes that do not outlive the worker that forked them.

Run as `python -m portal.running.celery worker ...`: a worker killed with SIGKILL would otherwise leave its
pool behind, each process with a database connection and perhaps a task that another worker gets meanwhile.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from celery.__main__ import main
from celery.signals import worker_process_init

from portal.running.children import die_with_parent


def end_with_the_worker(**_sent: Any) -> None:
    """In each process of the pool: end at once when the worker is gone."""
    die_with_parent(signal.SIGKILL, os.getppid())


worker_process_init.connect(end_with_the_worker)

if __name__ == "__main__":
    sys.argv[0] = "celery"
    main()
