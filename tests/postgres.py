"""A PostgreSQL server of our own for a test run: in a temporary folder, on a Unix socket there, on no port."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, which Debian keeps out of the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Runs while the block does. Yields a URL with {} for the database's name; `postgres` is there."""
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    with tempfile.TemporaryDirectory(prefix="sextant-pg-", dir="/tmp") as folder:
        if user:
            shutil.chown(folder, user)
        data = f"{folder}/data"
        make = [f"{programs}/initdb", "-D", data, "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8"]
        subprocess.run(make, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL)
        run = [f"{programs}/postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
        with (
            Path(folder, "log").open("wb") as log,
            subprocess.Popen(run, user=user, cwd=folder, stderr=subprocess.PIPE) as process,
        ):
            assert process.stderr is not None
            for line in process.stderr:
                log.write(line)
                if b"ready to accept connections" in line:
                    break
            drain = threading.Thread(target=shutil.copyfileobj, args=(process.stderr, log))
            drain.start()
            try:
                yield f"postgresql://postgres@/{{}}?host={folder}"
            finally:
                process.send_signal(signal.SIGQUIT)
                process.wait()
                drain.join()
