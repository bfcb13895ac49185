"""How a command refuses: one sentence on standard error, and an exit code that says what kind of end it was."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

EXIT_CODES = """Exit codes: 0 done, files that were skipped are named; 1 an error of Songboard's own; 2 refused, and one
sentence says what to do; 3 another process is building the library; 130 and 143 stopped by Ctrl-C and SIGTERM: the
same command goes on."""


class Refused(click.ClickException):
    """One sentence on standard error and exit code 2."""

    exit_code = 2


class Busy(Refused):
    """Another process is at it: what was asked may be asked again later."""

    exit_code = 3


@contextmanager
def sentences() -> Iterator[None]:
    """Our own exceptions, whatever their domain, become their sentence; Ctrl-C says that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt as stopped:
        click.echo("\nStopped. What was done is kept; the same command goes on from here.", err=True)
        sys.exit(getattr(stopped, "exit_code", 130))
    except BrokenPipeError:
        raise  # whoever reads has had enough, as `head` does; click knows
    except OSError as error:
        raise Refused(f"{error.filename or 'the disk'}: {error.strerror or error}") from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("engine", "index", "dashboard"):
            raise
        raise (Busy if type(error).__name__ == "BusyError" else Refused)(str(error)) from error
