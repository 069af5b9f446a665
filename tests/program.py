"""The program as it is started, in a process of its own and a folder of its own."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


async def start(
    folder: Path, keys: dict[str, str], errors: int = asyncio.subprocess.PIPE
) -> asyncio.subprocess.Process:
    """`main.py run --json`; no setting of this shell's but `keys`. `errors` is where its log goes."""
    ours = ("SEXTANT_", "DISCORD_", "SLACK_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "main.py"),
        *("run", "--port", "0", "--json"),
        cwd=folder,
        env=kept | keys,
        stdout=asyncio.subprocess.PIPE,
        stderr=errors,
    )


@asynccontextmanager
async def running(
    folder: Path, keys: dict[str, str], errors: int = asyncio.subprocess.PIPE
) -> AsyncIterator[tuple[asyncio.subprocess.Process, Any]]:
    """The program, and what it prints when it is open."""
    process = await start(folder, keys, errors)
    try:
        assert process.stdout
        line = await process.stdout.readline()
        assert line, ((await process.communicate())[1] or b"").decode()
        yield process, json.loads(line)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()
