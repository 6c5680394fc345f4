"""The files that install the package agree with each other and hold nothing of one machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
CONDA_NAMES = {"matplotlib": "matplotlib-base"}
CONDA_ONLY = {"python", "pip"}
NOT_ON_CONDA_FORGE = {"pylopdf-fonts-zh-cn"}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("anaconda", "org"),
        ("anaconda", "com"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
    )
)
REGISTRY_HOST = re.compile("|".join(re.escape(host) for host in REGISTRY_HOSTS))
MACHINE_PATH = re.compile(r"(?<![\w.\-*{}$)])(?:/(?:home|opt|root|tmp|work|Users)/\w|[A-Z]:\\\\?Users)")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def environment() -> dict[str, Any]:
    return YAML(typ="safe").load((ROOT / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def conda_requirements(environment: dict[str, Any]) -> dict[str, Requirement]:
    """What environment.yml asks for, from conda-forge and through pip."""
    conda_lines = [line for line in environment["dependencies"] if isinstance(line, str)]
    return by_name([Requirement(line) for line in [*conda_lines, *pip_lines(environment)]])


@pytest.fixture(scope="module")
def locked() -> list[str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return text.replace("\\\n", " ").splitlines()


def pip_lines(environment: dict[str, Any]) -> list[str]:
    return [line for part in environment["dependencies"] if isinstance(part, dict) for line in part["pip"]]


def by_name(requirements: list[Requirement]) -> dict[str, Requirement]:
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def declared_requirements(project: dict[str, Any]) -> list[Requirement]:
    """What pyproject.toml asks for: to build, to run and to develop."""
    lines = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
    ]
    return [Requirement(line) for line in lines]


def pinned_requirements(locked: list[str]) -> list[Requirement]:
    return [Requirement(line.split("--hash", maxsplit=1)[0]) for line in locked]


def applies(requirement: Requirement, python: str, system: dict[str, str]) -> bool:
    environment = {"python_version": python, "python_full_version": f"{python}.0", **system}
    return requirement.marker is None or requirement.marker.evaluate(environment)


def tracked_texts() -> list[tuple[str, str]]:
    """Path and text of every file that git tracks, but for binary ones."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("which files are tracked is known only in a git checkout with git installed")
    listing = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    contents = [(path, (ROOT / path).read_bytes()) for path in listing.stdout.split("\0") if (ROOT / path).is_file()]
    return [(path, content.decode("utf-8")) for path, content in contents if b"\0" not in content]


def matching_lines(texts: list[tuple[str, str]], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path, text in texts
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_environment_yml_lists_the_packages_of_pyproject(project, conda_requirements):
    names = by_name(declared_requirements(project))
    assert {CONDA_NAMES.get(name, name) for name in names} == set(conda_requirements) - CONDA_ONLY


def test_environment_yml_has_the_bounds_of_pyproject(project, conda_requirements):
    declared = by_name(declared_requirements(project))
    bounds = {CONDA_NAMES.get(name, name): str(requirement.specifier) for name, requirement in declared.items()}
    bounds["python"] = project["project"]["requires-python"]
    assert {name: str(conda_requirements[name].specifier) for name in bounds} == bounds


def test_environment_yml_takes_from_conda_forge_what_is_there(environment):
    assert environment["channels"] == ["conda-forge"]
    assert {Requirement(line).name for line in pip_lines(environment)} == NOT_ON_CONDA_FORGE


def test_dependencies_have_lower_bounds_only(project):
    operators = {
        requirement.name: {specifier.operator for specifier in requirement.specifier}
        for requirement in declared_requirements(project)
    }
    assert operators == {name: {">="} for name in operators}


def test_build_backend_is_in_the_dev_extra_with_the_same_bound(project):
    assert set(project["build-system"]["requires"]) <= set(project["project"]["optional-dependencies"]["dev"])


def test_lock_holds_only_pinned_packages_with_hashes(locked):
    line_of_lock = re.compile(
        r"[a-z0-9][a-z0-9.-]*(\[[a-z0-9,-]+\])?==[^\s;]+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+"
    )
    assert [line for line in locked if not line_of_lock.fullmatch(line)] == []


def test_lock_pins_every_extra_that_a_pinned_package_asks_for(locked):
    """Without it pip before 23.3 takes the newest coverage[toml], for which there is no hash."""
    pinned = {canonicalize_name(pin.name): pin.extras for pin in pinned_requirements(locked)}
    asked = [
        (name, canonicalize_name(wanted.name), extra)
        for name, extras in pinned.items()
        if name in {canonicalize_name(found.name) for found in metadata.distributions()}
        for wanted in map(Requirement, metadata.requires(name) or ())
        if any(wanted.marker is None or wanted.marker.evaluate({"extra": chosen}) for chosen in ("", *extras))
        for extra in wanted.extras
    ]
    assert ("pytest-cov", "coverage", "toml") in asked
    assert [row for row in asked if row[2] not in pinned[row[1]]] == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system["sys_platform"])
def test_lock_satisfies_pyproject_once_on_each_python_and_system(project, locked, python, system):
    pins = [pin for pin in pinned_requirements(locked) if applies(pin, python, system)]
    versions = {pin.name: str(pin.specifier).removeprefix("==") for pin in pins}
    assert len(versions) == len(pins), "a package is pinned twice"
    unmet = [
        str(requirement)
        for name, requirement in by_name(declared_requirements(project)).items()
        if name not in versions or not requirement.specifier.contains(versions[name])
    ]
    assert unmet == []


def test_no_tracked_file_names_a_package_registry():
    assert matching_lines(tracked_texts(), REGISTRY_HOST) == []


def test_no_tracked_file_names_a_path_of_one_machine():
    assert matching_lines(tracked_texts(), MACHINE_PATH) == []


@pytest.mark.parametrize("host", REGISTRY_HOSTS)
def test_a_registry_host_would_be_found(host):
    assert matching_lines([("a.txt", f"one\n--index-url https://{host}/simple")], REGISTRY_HOST)


@pytest.mark.parametrize("folder", ["home", "opt", "root", "tmp", "work", "Users"])
def test_a_machine_path_would_be_found(folder):
    assert matching_lines([("a.txt", f'path = "/{folder}/somebody"')], MACHINE_PATH)


def test_an_address_is_not_a_machine_path():
    assert matching_lines([("a.txt", "https://data.example/home/page ../work/x {root}/opt/x")], MACHINE_PATH) == []
