"""The trainer's installation behind a company's proxy, with real git and pip, by the settings of docs/INSTALL.md."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from avatar.system.child import RunResult, run_streaming
from avatar.texts import translate
from avatar.texts.text import PipelineError
from avatar.trainer import install as trainer_install
from avatar.trainer import location
from avatar.trainer.install import SetupReport, install
from avatar.trainer.options import SCRIPT
from config import TrainerConfig
from tests.trainer import proxied
from tests.trainer.proxied import Network
from tests.trainer.test_install import commit, git, table

PASSWORD = "ana:s3cret-word"  # noqa: S105
OF_THIS_COMPUTER = (
    "http_proxy", "https_proxy", "no_proxy", "NO_PROXY", "ALL_PROXY", "all_proxy", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL",
    "PIP_FIND_LINKS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or shutil.which("openssl") is None or sys.platform == "win32",
    reason="git or openssl is not installed",
)


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """A folder with a repository that looks like sd-scripts, as a plain web server serves it, and an index of packages."""
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "-q", "-b", "main")
    commit(work, {SCRIPT: "print('one')\n", "requirements.txt": "tiny_one\n"})
    (tmp_path / "www").mkdir()
    git(tmp_path, "clone", "-q", "--bare", str(work), str(tmp_path / "www" / "sd-scripts.git"))
    git(tmp_path / "www" / "sd-scripts.git", "update-server-info")
    for name in ("tiny_one", "tiny_two"):
        proxied.write_wheel(tmp_path / "www" / "simple" / name.replace("_", "-"), name)
    return tmp_path / "www"


@pytest.fixture
def behind(tmp_path: Path, served: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """The variables of docs/INSTALL.md, with a proxy that wants a password."""
    with proxied.network(tmp_path, served, PASSWORD) as found:
        for name in OF_THIS_COMPUTER:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://{PASSWORD}@{found.address}")
        monkeypatch.setenv("GIT_SSL_CAINFO", str(found.ca))
        monkeypatch.setenv("PIP_CERT", str(found.ca))
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "none"))
        monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
        monkeypatch.setenv("PIP_RETRIES", "1")
        (tmp_path / "torch.txt").write_text("tiny_two\n", encoding="utf-8")
        monkeypatch.setattr(trainer_install, "TORCH_REQUIREMENTS", tmp_path / "torch.txt")
        monkeypatch.setenv("PIP_TARGET", str(tmp_path / "installed"))  # not into the environment that runs the test
        yield found


class Company:
    """An installation there: git and pip for real; in place of an environment the Python of this test, which has a pip."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, []  # type: ignore[var-annotated]

    def install(
        self, *, repository: str = "https://git.test/sd-scripts.git", revision: str = "main", torch_index: str = ""
    ) -> SetupReport:
        trainer = TrainerConfig(repository=repository, revision=revision, torch_index=torch_index)
        return install(
            trainer, self.folder, on_line=self.said.append, on_step=lambda *_: None, cancel=threading.Event(),
            runner=self._run, cards=[], verify=lambda folder, python: table(packages={}), has_pip=Path.is_file,
        )  # fmt: skip

    def _run(
        self, command: Sequence[str], *, on_line: Callable[[str], None], cancel: threading.Event | None = None,
        cwd: Path | None = None, environment: Mapping[str, str] | None = None,
    ) -> RunResult:  # fmt: skip
        if "venv" in command:
            python = location.venv_python(Path(command[-1]))
            python.parent.mkdir(parents=True)
            python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
            python.chmod(0o755)
            return RunResult(0, False, ())
        return run_streaming(command, on_line=on_line, cancel=cancel, cwd=cwd, environment=environment)

    def everything_written(self) -> str:
        files = [path for path in self.folder.glob("*") if path.is_file()]
        return "\n".join([*self.said, *(path.read_text(encoding="utf-8", errors="replace") for path in files)])


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path / "kohya ñ")


def test_behind_a_proxy_with_a_password_git_and_pip_fetch_through_it_and_the_password_is_written_nowhere(
    behind: Network, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"https://{PASSWORD}@pypi.test/simple")
    report = company.install(torch_index="pip")
    assert report.done == ("clone", "environment", "torch", "requirements", "verify")
    assert {host.partition(":")[0] for host in behind.asked} == {"git.test", "pypi.test"}
    assert (company.folder / SCRIPT).is_file()
    assert "s3cret" not in company.everything_written() + repr(report)


def test_a_password_in_the_addresses_that_are_given_is_neither_logged_nor_told(
    behind: Network, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://pypi.test/simple")
    repository, index = f"https://{PASSWORD}@git.test/sd-scripts.git", f"https://{PASSWORD}@pypi.test/simple"
    report = company.install(repository=repository, torch_index=index)
    assert report.done[:3] == ("clone", "environment", "torch")
    assert "s3cret" not in company.everything_written() + repr(report)
    with pytest.raises(PipelineError) as caught:
        company.install(repository=repository, torch_index=index, revision="no-such-branch")
    assert "s3cret" not in repr(caught.value.values)


@pytest.mark.parametrize("who", ["git", "pip"])
def test_a_proxy_that_refuses_the_password_is_told_as_the_proxy_and_without_it(
    behind: Network, company: Company, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    wrong = f"http://ana:wr0ng-word@{behind.address}"
    if who == "pip":
        monkeypatch.setenv("PIP_PROXY", wrong)
        monkeypatch.setenv("PIP_INDEX_URL", "https://pypi.test/simple")
    else:
        monkeypatch.setenv("HTTPS_PROXY", wrong)
    with pytest.raises(PipelineError) as caught:
        company.install(torch_index="pip")
    assert behind.refused > 0
    told = translate.words(caught.value.text, "es")
    assert caught.value.key in {"setup.failed.proxy", "setup.failed.torch_index"} and "407" in told, told
    assert "wr0ng" not in told + company.everything_written()


def test_the_stand_in_names_are_known_to_the_proxy_alone(behind: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HTTPS_PROXY")
    done = subprocess.run(["git", "ls-remote", "https://git.test/sd-scripts.git"], capture_output=True, check=False)
    assert done.returncode != 0 and behind.asked == []
