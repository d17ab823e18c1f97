"""The two stores of a start, PostgreSQL and Redis: given by the environment, or started here."""

from __future__ import annotations

import signal
from collections.abc import Mapping

from portal.running import postgres, redis
from portal.running.narrator import Narrator
from portal.running.state import State
from portal.running.supervisor import Child, Supervisor


class Stores:
    """Where the data are: the application's and the owner's address of the database, and Redis."""

    def __init__(self, environ: Mapping[str, str], state: State, narrator: Narrator, supervisor: Supervisor) -> None:
        self.environ = environ
        self.state = state
        self.narrator = narrator
        self.supervisor = supervisor
        self.embedded = not environ.get("DATABASE_URL")
        self.cluster: postgres.Cluster | None = None
        self.database_url = environ.get("DATABASE_URL", "")
        self.owner_url = environ.get("DATABASE_OWNER_URL") or self.database_url
        self.redis_url = environ.get("REDIS_URL", "")

    def start(self) -> None:
        """Start what the environment does not give, both at once, and wait until both answer."""
        server = None if self.redis_url else self._start_redis()
        if self.embedded:
            self._start_postgres()
        if server is not None:
            with self.narrator.step(f"Redis ({server.program.name})"):
                server.wait_until_ready(tick=self.narrator.tick)
            self.redis_url = server.url

    def clear_up(self) -> None:
        """Remove what a stopped PostgreSQL leaves outside the state folder."""
        if self.cluster is not None:
            self.cluster.stop()

    def _start_redis(self) -> redis.Server:
        server = redis.Server(
            program=redis.find_server(self.environ, account=self.state.account, copies=self.state.data),
            folder=self.state.data / "work",
            log=self.state.log("redis"),
            account=self.state.account,
            environ=self.environ,
        )
        self.supervisor.start(Child("redis", server.start, ((signal.SIGTERM, 5),)))
        return server

    def _start_postgres(self) -> None:
        binaries = postgres.find_binaries(self.environ, account=self.state.account, copies=self.state.data)
        kept = self.state.secrets()
        with self.narrator.step(binaries.source) as words:
            cluster = self.cluster = postgres.Cluster(
                data=self.state.data / "postgres" / "data",
                binaries=binaries,
                passwords=postgres.Passwords(kept["superuser"], kept["owner"], kept["web"]),
                log=self.state.log("postgres"),
                account=self.state.account,
                environ=self.environ,
                settings={"max_connections": "200"},
                sockets=self.state.socket_folder(),
            )
            if cluster.create():
                words.append("with a new, empty data folder")
            self.supervisor.start(Child("postgres", cluster.start, ((signal.SIGINT, 20), (signal.SIGQUIT, 5))))
            cluster.wait_until_ready(tick=self.narrator.tick)
            cluster.prepare_roles()
            cluster.prepare_database()
        self.database_url = cluster.web_url()
        self.owner_url = cluster.owner_url()
