"""AWS's descriptions of its services, without the words that are for people: a fifth of what they take in memory."""

from __future__ import annotations

from typing import Any

from botocore.loaders import Loader


class Models(Loader):  # type: ignore[misc]
    """Loads what botocore publishes of a service, for whoever calls it and never reads about it."""

    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        """Load a file; give it, and where it was found. Whoever asks keeps it, so that each is read once."""
        data, path = super().load_data_with_path(name)
        _without_words(data)
        return data, path


def models_like(loader: Loader) -> Models:
    """Give one that looks where another does."""
    return Models(extra_search_paths=loader.search_paths, include_default_search_paths=False)


def _without_words(data: Any) -> None:
    """Take out what is said of services, operations, shapes and their members."""
    if isinstance(data, dict):
        if isinstance(data.get("documentation"), str):
            data["documentation"] = ""  # some of botocore adds to it
        data = list(data.values())
    if isinstance(data, list):
        for each in data:
            _without_words(each)
