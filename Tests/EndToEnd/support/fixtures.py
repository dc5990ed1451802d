"""Fixtures that several test files share."""

import pytest

from .broker import Broker
from .program import CentralSystem


@pytest.fixture
def serve(tmp_path):
    """Starts central systems with flags; they are gone at the end of the test."""
    running = []

    def start(*flags, **options):
        folder = tmp_path / f"serve{len(running)}"
        folder.mkdir()
        running.append(CentralSystem(folder, *flags, **options))
        return running[-1]

    yield start
    for server in reversed(running):
        server.close()


@pytest.fixture
def central_system(serve):
    return serve()


@pytest.fixture
def broker(tmp_path):
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder)
    yield broker
    broker.close()
