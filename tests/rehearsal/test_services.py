"""Which operation a request is for."""

from __future__ import annotations

import ast
import gc
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from moto.core.routing import SmithyRule, get_service_router
from werkzeug.routing import Map

from range.rehearsal.messages import Request
from range.rehearsal.services import only_reads, service_named

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKED = {
    "vpc-lattice": ("/servicenetworkvpcassociations", "ListServiceNetworkVpcAssociations"),
    "ram": ("/getresourceshares", "GetResourceShares"),
    "efs": ("/2015-02-01/file-systems", "DescribeFileSystems"),
    "eks": ("/clusters", "ListClusters"),
    "batch": ("/v1/describejobqueues", "DescribeJobQueues"),
    "lambda": ("/2015-03-31/functions", "ListFunctions"),
    "apigateway": ("/restapis", "GetRestApis"),
    "route53": ("/2013-04-01/hostedzone", "ListHostedZones"),
}
"""Paths of services that are told apart by paths, with the operation that each is."""


@pytest.fixture
def restless() -> Iterator[None]:
    """Let threads change places whenever garbage is collected, and that be often: as weak references' callbacks do, rarely."""

    def give_way(_phase: str, _told: object) -> None:
        time.sleep(0)

    thresholds = gc.get_threshold()
    gc.set_threshold(50)
    gc.callbacks.append(give_way)
    yield
    gc.callbacks.remove(give_way)
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("restless")
def test_services_that_are_first_asked_at_the_same_moment_all_answer() -> None:
    get_service_router.cache_clear()

    def operation(name: str) -> str:
        method = "POST" if name in ("ram", "batch") else "GET"
        path = ASKED[name][0]
        return service_named(name).operation(Request(method, f"https://{name}.eu-west-2.amazonaws.com{path}", {}, b""))

    with ThreadPoolExecutor(len(ASKED)) as pool:
        found = dict(zip(ASKED, pool.map(operation, ASKED), strict=True))

    assert found == {name: operation for name, (_, operation) in ASKED.items()}


def test_paths_are_matched_without_what_would_write_them() -> None:
    asked = Request("GET", "https://eks.eu-west-2.amazonaws.com/clusters/range", {}, b"")

    found = service_named("eks").operation(asked)
    rule = SmithyRule("/clusters/<name>", operations=[], methods=["GET"])
    Map([rule])

    assert found == "DescribeCluster"
    with pytest.raises(NotImplementedError, match="never built"):
        rule.build({"name": "range"})


@pytest.mark.usefixtures("restless")
def test_trees_that_are_made_by_others_at_the_same_moment_fail_nobody() -> None:
    source = "\n".join(
        f"def f{number}(a): return {'-' * 30}a + sum([each for each in (1, 2, 3)])" for number in range(100)
    )

    with ThreadPoolExecutor(4) as pool:
        trees = list(pool.map(ast.parse, [source] * 8))

    assert {ast.dump(tree) for tree in trees} == {ast.dump(ast.parse(source))}


@pytest.mark.usefixtures("restless")
def test_a_tree_that_garbage_makes_with_its_last_words_fails_nobody() -> None:
    class Garbage:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            ast.parse("last + (words * 2)")

    source = "\n".join(f"def f{number}(a): return a + sum([each for each in (1, 2, 3)])" for number in range(100))
    gc.collect()
    for _ in range(50):
        Garbage()

    tree = ast.parse(source)

    assert len(tree.body) == 100
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("operation", "reads"),
    [
        ("DescribeVpcs", True),
        ("Verify", True),
        ("VerifyMac", True),
        ("VerifyEmailIdentity", False),
        ("VerifyDomainIdentity", False),
        ("GenerateCredentialReport", False),
        ("CreateVpc", False),
    ],
)
def test_what_only_reads_is_told_from_what_leaves_something_behind(operation: str, reads: bool) -> None:
    assert only_reads(operation) is reads
