"""AWS's descriptions of its services, as the controller reads them."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
from botocore.loaders import create_loader

from range.cloud.models import models_like


def said(data: Any) -> int:
    """Count the letters of what is said of services, operations, shapes and members."""
    if isinstance(data, list):
        return sum(map(said, data))
    if not isinstance(data, dict):
        return 0
    own = data.get("documentation")
    return sum(map(said, data.values())) + (len(own) if isinstance(own, str) else 0)


def silenced(data: Any) -> Any:
    """Give it without."""
    return json.loads(
        json.dumps(data),
        object_hook=lambda found: {**found, "documentation": ""} if "documentation" in found else found,
    )


def test_they_are_botocore_s_without_the_words() -> None:
    own, theirs = models_like(create_loader()), create_loader()

    found = own.load_service_model("sqs", "service-2")
    published = theirs.load_service_model("sqs", "service-2")

    assert said(published) > 1000
    assert said(found) == 0
    assert found == silenced(published)
    assert own.list_available_services("service-2") == theirs.list_available_services("service-2")


def test_clients_are_made_of_them() -> None:
    session = botocore.session.get_session()
    session.register_component("data_loader", models_like(session.get_component("data_loader")))

    for service in ("ec2", "s3", "iam", "dynamodb"):
        assert session.create_client(service, "eu-west-2").meta.service_model.service_name == service
