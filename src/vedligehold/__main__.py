"""`python -m vedligehold`: the command line."""

from vedligehold.cli import main

if __name__ == "__main__":
    main()
