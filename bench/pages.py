"""What do pages, lists of the API and a whole alert cost the web process, and how many statements do they ask?

    ./run bench pages

The house of bench/pages_house.py on the services of the tests; then a process with the settings of production asks for
its pages (bench/pages_served.py). PROFILE=cases prints instead where the time of that page goes, SHOW=1 all statements.
docs/figures/pages.md holds the last figures.
"""

import os
import subprocess
import sys


def main(arguments: list[str]) -> bool:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DEBUG", "STATE_DIR"))}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "bench/pages_house.py", *arguments]
    return subprocess.run(command, env=env).returncode == 0
