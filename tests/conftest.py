"""What every test can ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import find_shared


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of reference material; a test that asks for it is skipped, and says so, where it is absent."""
    folder = find_shared()
    if folder is None:
        pytest.skip("the reference material is absent: no folder `shared` beside the checkout")
    return folder
