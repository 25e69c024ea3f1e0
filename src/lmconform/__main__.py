"""Lets ``python -m lmconform`` do what the ``lmconform`` command does."""

from lmconform.cli.main import main

if __name__ == "__main__":
    main()
