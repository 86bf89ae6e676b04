"""The plugin that pytest loads: the fixture `prove_transaction`, and `--solproof-report FILE`.

With pytest-xdist, the workers make the proofs, and only the process that has started them reports.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from solproof.testing.report import Report, properties_of

if TYPE_CHECKING:
    from solders.litesvm import LiteSVM
    from solders.transaction import Transaction, VersionedTransaction

    from solproof.runtime.features import FeatureSet
    from solproof.testing.proofs import TransactionProof

OPTION = "solproof_report"
REPORTER = "solproof-reporter"


class ProveTransaction:
    """The value of the fixture: a call proves a transaction, and adds the facts to the test's properties."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
        self._count = 0

    def __call__(
        self,
        svm: LiteSVM,
        transaction: Transaction | VersionedTransaction,
        features: FeatureSet | None = None,
    ) -> TransactionProof:
        """Run, prove and verify a transaction on the state of a LiteSVM, as `solproof.testing.proofs` does.

        The transaction is not sent. Call this before you send it.
        """
        from solproof.runtime.features import MAINNET  # noqa: PLC0415
        from solproof.testing.proofs import prove_transaction as prove  # noqa: PLC0415

        proven = prove(svm, transaction, MAINNET if features is None else features)
        self._count += 1
        self._item.user_properties += properties_of(self._count, proven.facts())
        return proven


@pytest.fixture
def prove_transaction(request: pytest.FixtureRequest) -> ProveTransaction:
    """Prove transactions of a LiteSVM: `proven = prove_transaction(svm, transaction)`.

    The call runs, proves and verifies the transaction, before you send it. `proven` has the `output`, the
    `proof`, the `scene`, `compute_units`, `cells` and `proof_bytes`.
    """
    return ProveTransaction(request.node)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("solproof").addoption(
        "--solproof-report",
        dest=OPTION,
        metavar="FILE",
        default=None,
        help="Write compute units, cells, size and time of each proof of the tests as JSON.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Check the option, and begin to collect reports."""
    if hasattr(config, "workerinput"):  # a worker of pytest-xdist
        return
    path = config.getoption(OPTION)
    if path is not None:
        _checked(path)
    config.pluginmanager.register(Reporter(None if path is None else Path(path).absolute()), REPORTER)


def _checked(path: str) -> None:
    from solproof.errors import OutputError  # noqa: PLC0415
    from solproof.host.files import check_writable  # noqa: PLC0415

    try:
        check_writable(Path(path))
    except OutputError as error:
        raise pytest.UsageError(f"--solproof-report {error}") from None


class Reporter:
    """Collects the properties of the tests, and shows and writes the report at the end.

    path: of the report, None for no file.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._report = Report()
        self._outcomes: dict[str, str] = {}
        self._lines: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the report of a phase of a test. The last phase has the properties of all of them."""
        before = "passed" if report.when == "setup" else self._outcomes.get(report.nodeid, "passed")
        outcome = before if report.passed or before == "failed" else report.outcome
        self._outcomes[report.nodeid] = outcome
        if report.when == "teardown":
            self._report.add(report.nodeid, outcome, report.user_properties)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report's file, also if there is no proof. A file that cannot be written fails the run."""
        if self._report.tests:
            self._lines = self._report.lines()
        if self._path is None:
            return
        from solproof.errors import OutputError  # noqa: PLC0415
        from solproof.host.files import write_file  # noqa: PLC0415

        try:
            write_file(self._path, self._report.to_json().encode())
        except OutputError as error:
            self._lines.append(f"error: {error}")
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        else:
            self._lines.append(f"report: {self._path}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the table of the proofs, and what became of the report's file."""
        if self._lines:
            terminalreporter.section("proofs of solproof")
            for line in self._lines:
                terminalreporter.write_line(line)
