"""FastAPI's releases, and the newest one that requirements allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.specifiers import SpecifierSet

    # One requirement: a version has to meet one of the alternatives.
    Alternatives = Sequence[SpecifierSet]

# As listed by `pip index versions fastapi`, oldest first.
LISTED = """
    0.1.0 0.1.2 0.1.3 0.1.4 0.1.5 0.1.6 0.1.7 0.1.8 0.1.9 0.1.10 0.1.11 0.1.12 0.1.13 0.1.14 0.1.15
    0.1.16 0.1.17 0.1.18 0.1.19 0.2.0 0.2.1 0.3.0 0.4.0 0.5.0 0.5.1 0.6.0 0.6.1 0.6.2 0.6.3 0.6.4
    0.7.0 0.7.1 0.8.0 0.9.0 0.9.1 0.10.0 0.10.1 0.10.2 0.11.0 0.12.0 0.12.1 0.13.0 0.14.0 0.15.0
    0.16.0 0.17.0 0.18.0 0.19.0 0.20.0 0.20.1 0.21.0 0.22.0 0.23.0 0.24.0 0.25.0 0.26.0 0.27.0
    0.27.1 0.27.2 0.28.0 0.29.0 0.29.1 0.30.0 0.30.1 0.31.0 0.32.0 0.33.0 0.34.0 0.35.0 0.36.0
    0.37.0 0.38.0 0.38.1 0.39.0 0.40.0 0.41.0 0.42.0 0.43.0 0.44.0 0.44.1 0.45.0 0.46.0 0.47.0
    0.47.1 0.48.0 0.49.0 0.49.1 0.49.2 0.50.0 0.51.0 0.52.0 0.53.0 0.53.1 0.53.2 0.54.0 0.54.1
    0.54.2 0.55.0 0.55.1 0.56.0 0.56.1 0.57.0 0.58.0 0.58.1 0.59.0 0.60.0 0.60.1 0.60.2 0.61.0
    0.61.1 0.61.2 0.62.0 0.63.0 0.64.0 0.65.0 0.65.1 0.65.2 0.65.3 0.66.0 0.66.1 0.67.0 0.68.0
    0.68.1 0.68.2 0.69.0 0.70.0 0.70.1 0.71.0 0.72.0 0.73.0 0.74.0 0.74.1 0.75.0 0.75.1 0.75.2
    0.76.0 0.77.0 0.77.1 0.78.0 0.79.0 0.79.1 0.80.0 0.81.0 0.82.0 0.83.0 0.84.0 0.85.0 0.85.1
    0.85.2 0.86.0 0.87.0 0.88.0 0.89.0 0.89.1 0.90.0 0.90.1 0.91.0 0.92.0 0.93.0 0.94.0 0.94.1
    0.95.0 0.95.1 0.95.2 0.96.0 0.96.1 0.97.0 0.98.0 0.99.0 0.99.1 0.100.0 0.100.1 0.101.0 0.101.1
    0.102.0 0.103.0 0.103.1 0.103.2 0.104.0 0.104.1 0.105.0 0.106.0 0.107.0 0.108.0 0.109.0 0.109.1
    0.109.2 0.110.0 0.110.1 0.110.2 0.110.3 0.111.0 0.111.1 0.112.0 0.112.1 0.112.2 0.112.3 0.112.4
    0.113.0 0.114.0 0.114.1 0.114.2 0.115.0 0.115.1 0.115.2 0.115.3 0.115.4 0.115.5 0.115.6 0.115.7
    0.115.8 0.115.9 0.115.10 0.115.11 0.115.12 0.115.13 0.115.14 0.116.0 0.116.1 0.116.2 0.117.0
    0.117.1 0.118.0 0.118.1 0.118.2 0.118.3 0.119.0 0.119.1 0.120.0 0.120.1 0.120.2 0.120.3 0.120.4
    0.121.0 0.121.1 0.121.2 0.121.3 0.122.0 0.122.1 0.123.0 0.123.1 0.123.2 0.123.3 0.123.4 0.123.5
    0.123.6 0.123.7 0.123.8 0.123.9 0.123.10 0.124.0 0.124.1 0.124.2 0.124.3 0.124.4 0.125.0 0.126.0
    0.127.0 0.127.1 0.128.0 0.128.1 0.128.2 0.128.3 0.128.4 0.128.5 0.128.6 0.128.7 0.128.8 0.129.0
    0.129.1 0.129.2 0.130.0 0.131.0 0.132.0 0.132.1 0.133.0 0.133.1 0.134.0 0.135.0 0.135.1 0.135.2
    0.135.3 0.135.4 0.136.0 0.136.1 0.136.3 0.137.0 0.137.1 0.137.2 0.138.0 0.138.1 0.138.2 0.139.0
    0.139.1 0.139.2 0.140.0 0.140.1 0.140.2 0.140.3 0.140.4 0.140.5 0.140.6 0.140.7 0.140.8 0.140.9
    0.140.10 0.140.11 0.140.12 0.140.13 0.141.0 0.141.1 0.142.0 0.142.1 0.142.2 0.142.3 0.142.4
    0.143.0 0.143.1 0.143.2 0.143.3 0.143.4 0.143.5 0.144.0 0.145.0 0.146.0 0.147.0 0.148.0 0.149.0
    0.150.0 0.151.0 0.152.0 0.153.0 0.154.0 0.155.0 0.156.0 0.156.1 0.156.2 0.156.3 0.156.4 0.156.5
    0.156.6 0.156.7 0.156.8 0.157.0 0.158.0 0.158.1 0.158.2 0.159.0 0.159.1 0.160.0 0.161.0 0.161.1
    0.162.0 0.162.1 0.162.2 0.162.3 0.162.4 0.162.5 0.162.6 0.162.7 0.163.0 0.163.1 0.163.2 0.164.0
    0.165.0
"""
RELEASES = tuple(LISTED.split())
MANY, LONG = 200, 100
"""So many requirements, of so long versions, are weighed: each is compared with all releases."""
# Two releases to come: a requirement that allows one of them allows the newest.
FUTURE = ("9999", f"{RELEASES[-1]}.post1")


def parse_version(text: str) -> str:
    """Return the normal form of a version. Raises UsageError if it is none."""
    from packaging.version import Version

    try:
        return str(Version(text))
    except ValueError as error:  # also for more digits than Python reads
        raise UsageError(f"{text!r} is not a version, such as '0.115.12'") from error


def newest(versions: Iterable[str]) -> str:
    """Return the newest of some versions."""
    from packaging.version import Version

    return max(versions, key=Version)


def oldest_first(versions: Iterable[str]) -> tuple[str, ...]:
    """Return some versions in their order."""
    from packaging.version import Version

    return tuple(sorted(versions, key=Version))


def newest_allowed(requirements: Sequence[Alternatives]) -> str | None:
    """Return the newest release that all requirements allow; None means the newest there is.

    Where they contradict each other (one for each Python version, say), one of them suffices.
    """
    from packaging.version import Version

    requirements = [one for one in requirements if not any(map(_is_endless, one))]
    if sum(map(len, requirements)) > MANY:
        return None
    named = {version for one in requirements for version in _named_versions(one)}
    known = {Version(text): text for text in (*named, *RELEASES, *FUTURE)}
    for suffices in (all, any):
        for _, version in sorted(known.items(), reverse=True):
            if suffices(_allows(one, version) for one in requirements):
                return None if version in FUTURE else version
    return None


def _is_endless(specifiers: SpecifierSet) -> bool:
    """Return whether a requirement is longer than anybody writes one, and Python may read it."""
    return len(specifiers) > MANY or any(len(one.version) > LONG for one in specifiers)


def _allows(alternatives: Alternatives, version: str) -> bool:
    return any(one.contains(version, prereleases=True) for one in alternatives)


def _named_versions(alternatives: Alternatives) -> set[str]:
    """Return the versions that requirements name, as they may be newer than the list above."""
    specifiers = (specifier for one in alternatives for specifier in one)
    return {one.version for one in specifiers if "*" not in one.version and one.operator != "==="}
