"""Make sure that there is a Chromium for the browser tests: `python -m tests.browser_setup`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich import print

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """A Chromium that can be started: one of this machine's, or the one that playwright has installed."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Install one: with the system's packages where that is allowed, else playwright's own build.

    Raises:
        subprocess.CalledProcessError: the installation failed; its own output says why.
    """
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=True, env=quiet
        )
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=True)


def main() -> int:
    """Find or install one, and say what was done."""
    if path := find():
        print(f"browser: {path}")
        return 0
    print("browser: none found, installing Chromium")
    try:
        install()
    except subprocess.CalledProcessError as error:
        print(f"browser: installing failed ({error}); install a Chromium by hand and run this again")
        return 1
    path = find()
    print(f"browser: {path} installed" if path else "browser: installed, and still not found")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
