"""Make the virtual environment: the first Python that `make setup` runs, so it says clearly what is missing.

Plain enough for any Python 3, since the one that runs it may be too old.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)


def main() -> int:
    """Make the folder named by the first argument a virtual environment, in place of a broken one."""
    folder = sys.argv[1]
    if sys.version_info < OLDEST:
        return refuse(
            "Python %d.%d or newer is needed, and %s is %d.%d" % (OLDEST + (sys.executable,) + sys.version_info[:2]),
            "install one, or name it: `make setup PYTHON=/path/to/python3.12`",
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return refuse(
            "%s comes without `venv` and `ensurepip`" % sys.executable,
            "on Debian and Ubuntu: `apt-get install python3-venv`, then `make setup` again",
        )
    if os.path.isdir(folder):
        shutil.rmtree(folder)
    return subprocess.call([sys.executable, "-m", "venv", folder])


def refuse(wrong: str, hint: str) -> int:
    """Say what is wrong and what to type next; give the exit status."""
    sys.stderr.write("error: %s\n  \u2192 %s\n" % (wrong, hint))
    return 2


if __name__ == "__main__":
    sys.exit(main())
