"""`python -m kpianalysis`: the same as the command `kpianalysis`."""

from kpianalysis.cli import main

if __name__ == "__main__":
    main()
