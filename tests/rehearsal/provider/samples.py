"""A sample of every resource type: the generated tests make, change, drift and delete each of them."""

from __future__ import annotations

from tests.rehearsal.provider import samples_network, samples_shared
from tests.rehearsal.provider.bench import Sample

SAMPLES: dict[str, Sample] = {**samples_network.SAMPLES, **samples_shared.SAMPLES}
