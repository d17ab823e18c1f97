"""Settings of the web server, read by gunicorn itself (`--config python:portal.running.gunicorn`).

Threads, because a request waits for PostgreSQL most of its time; few of them a process, because Python runs
one at a time. The app is loaded before the workers are forked: a replaced worker answers at once, and they
share memory.
"""

from __future__ import annotations

import gc
import os
import signal
from typing import Any

from portal.running.children import die_with_parent

worker_class = "portal.running.web_worker.BufferingWorker"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(4, max(2, os.cpu_count() or 2)))
threads = int(os.environ.get("WEB_THREADS") or 8)
# A rush before a deadline waits its turn here; Linux caps this at net.core.somaxconn (4096 since Linux 5.4).
backlog = 4096
preload_app = True
# A heartbeat of the process, not of a request: it has to outlast what the database may take for a statement
# (portal.app.WEB_STATEMENT_SECONDS) several times over, for a page asks more than one.
timeout = 60
graceful_timeout = 10
# The workers' heartbeats are files: in memory, so that a slow disk does not look like a hanging worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK) else None
# A control socket would be one more way in.
control_socket_disable = True
accesslog = None
errorlog = "-"


def when_ready(server: Any) -> None:
    """Before the workers are forked: what was loaded until now is no garbage, so its pages stay shared."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """In each worker: end with the server even if that is killed, and open connections of its own."""
    die_with_parent(signal.SIGKILL, server.pid)
    from portal.extensions import db

    app = server.app.wsgi()
    with app.app_context():
        db.engine.dispose(close=False)
