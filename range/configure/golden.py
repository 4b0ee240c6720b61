"""Builds golden images: builders are configured as hosts of their role are, verified, stripped of who they were, and imaged.

Builders stand in a zone of the hub that the bastion reaches, and are gone when the command ends; after a kill the next one
clears them away, and so does a teardown of the hub. What belongs to one host alone (its team, its certificate, its
enclave's block) is done by tasks with the tag `host`: builders get it too, so that services run and can be verified, and
lose it again before they are imaged.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from range.cloud.images import Builder, GoldenImage, Images, Place
from range.cloud.ssh import HostName, Ways
from range.configure.authority import Authority, Subject
from range.configure.inventory import inventory_of
from range.configure.made import Made, Shelf
from range.configure.runs import Play, play
from range.configure.stage import Tools, name_of_run
from range.configure.tally import Tally
from range.plan.golden import PER_HOST_TAG
from range.plan.inputs import role_inputs
from range.records.plan import Enclave, Host, Plan
from range.records.results import Progress

ZONE = "services"
"""The zone of the hub that builders stand in."""


AT_ONCE = 4
"""Builders that stand at once: a new AWS account may have five processors, and a rehearsal's machine bears some forty hosts."""


@dataclass(frozen=True)
class Wish:
    """One image that is to be built, and a host that it shall serve."""

    name: str
    enclave: Enclave
    host: Host
    disk_gib: int
    """As the smallest disk among the hosts that it serves: no host is made of an image with a larger one."""


@dataclass(frozen=True)
class Built:
    """How one image fared: it is there, or why not."""

    name: str
    image: str | None = None
    error: str | None = None
    tasks: int = 0


@dataclass
class _Bench:
    """One wish's builder."""

    wish: Wish
    name: HostName
    instance: str
    address: IPv4Address
    error: str | None = None


@dataclass(frozen=True)
class Workshop:
    """Builds images of one exercise."""

    tools: Tools
    plan: Plan
    images: Images
    place: Place
    key: str
    """The ARN of the key that images are encrypted with."""
    on_progress: Callable[[Progress], None]
    tell: Callable[[str], None]
    """Hears in words how far it is."""
    stop: threading.Event

    def build(self, wishes: Sequence[Wish]) -> tuple[Built, ...]:
        """Build images, some at once; one that fails leaves the others to finish.

        Raises:
            ConfigureError: nothing could be played.
            CloudError: AWS refused a builder, or the bastion can't be come by.
            Interrupted: the user stopped it.
        """
        left = self.images.left()
        if left:
            self.tell(f"clearing away {len(left)} builders that an earlier build left")
        self.images.terminate(left)
        batches = [wishes[first : first + AT_ONCE] for first in range(0, len(wishes), AT_ONCE)]
        return tuple(built for batch in batches for built in self._built(batch))

    def _built(self, wishes: Sequence[Wish]) -> tuple[Built, ...]:
        """Build some images side by side."""
        self.tell(f"launching {len(wishes)} builders: {', '.join(wish.host.role for wish in wishes)}")
        with self._standing(wishes) as benches:
            ways = self._ways(benches)
            try:
                self._come_by(benches, ways)
                made = self._configured(benches, ways)
                self._stripped(benches, ways)
            finally:
                ways.close()
                ways.forget(bench.name for bench in benches)
                shutil.rmtree(ways.sockets, ignore_errors=True)
            return tuple(self._imaged(benches, made))

    @contextlib.contextmanager
    def _standing(self, wishes: Sequence[Wish]) -> Iterator[list[_Bench]]:
        """Launch builders for the length of the block."""
        allotted = [host.address for each in (self.plan.hub, *self.plan.enclaves) for host in each.hosts]
        addresses = self.images.free(self.place, allotted, len(wishes))
        run = uuid.uuid4().hex[:4]
        benches: list[_Bench] = []
        try:
            for number, (wish, address) in enumerate(zip(wishes, addresses, strict=True), 1):
                base = self.images.base(self.plan.images[wish.host.image])
                instance = self.images.launch(
                    self.place, self.key, Builder(wish.name, base, wish.host.size, wish.disk_gib, address)
                )
                name = HostName(self.plan.hub.name, f"builder-{run}-{number}")
                benches.append(_Bench(wish, name, instance, address))
            yield benches
        finally:
            self.images.terminate([bench.instance for bench in benches])
            for bench in benches:
                self._certificate_file(bench).unlink(missing_ok=True)

    def _ways(self, benches: Sequence[_Bench]) -> Ways:
        """Give the ways to builders, through the bastion whose key is pinned already; builders' keys are for this build alone."""
        hub = self.plan.hub
        hosts = [
            bench.wish.host.model_copy(update={"name": bench.name.host, "address": bench.address, "zone": ZONE})
            for bench in benches
        ]
        plan = self.plan.model_copy(update={"hub": hub.model_copy(update={"hosts": (*hub.hosts, *hosts)})})
        return self.tools.ways.of(plan, Shelf(self.tools.records).folder / "ssh")

    def _come_by(self, benches: Sequence[_Bench], ways: Ways) -> None:
        ways.open(self.tools.patience_s, self.stop)

        def log_in(bench: _Bench) -> None:
            why = ways.log_in(bench.name, self.tools.patience_s, self.stop)
            if why is not None:
                bench.error = f"its builder can't be come by: {why}"

        with ThreadPoolExecutor(self.tools.forks, thread_name_prefix="log-in") as threads:
            list(threads.map(log_in, benches))

    def _configured(self, benches: Sequence[_Bench], ways: Ways) -> Mapping[str, Made]:
        """Configure builders, first what is a host's own, then what all share: the results of that are the image's traits."""
        self.tell("configuring them")
        self._play("site.yml", benches, ways, tags=PER_HOST_TAG)
        tally = self._play("site.yml", benches, ways, skip_tags=PER_HOST_TAG)
        made = {
            bench.wish.name: Made(
                name=bench.wish.name,
                image="",
                tasks=tally.count(bench.name.alias),
                traits=tally.traits(bench.name.alias),
                skipped=tally.skipped(bench.name.alias),
            )
            for bench in benches
            if bench.error is None
        }
        self.tell("verifying them")
        self._play("verify.yml", benches, ways)
        return made

    def _stripped(self, benches: Sequence[_Bench], ways: Ways) -> None:
        """Take away who a builder was; the last thing that goes is what lets us in."""
        self.tell("taking away who they were")
        self._play("strip.yml", benches, ways)

    def _play(
        self, playbook: str, benches: Sequence[_Bench], ways: Ways, *, tags: str = "", skip_tags: str = ""
    ) -> Tally:
        """Play something on the builders that are well so far; those that fail aren't any more."""
        well = {bench.name.alias: bench for bench in benches if bench.error is None}
        tally = Tally(self.plan.stack(self.plan.hub.name), well, self.on_progress)
        if not well:
            return tally
        hosts = {name: self._told(bench) for name, bench in well.items()}
        authority = self._authority().certificate_path
        each = Play(
            playbooks=self.tools.playbooks,
            playbook=playbook,
            folder=Shelf(self.tools.records).folder / "runs",
            inventory=inventory_of(hosts, authority, ways.config),
            tags=tags,
            skip_tags=skip_tags,
            forks=self.tools.forks,
        )
        tally.begin(well)
        play(each, tally.take, self.stop, run=name_of_run())
        for host in tally.hosts():
            if not host.is_done:
                bench = next(bench for bench in well.values() if bench.name.host == host.name)
                said = " ".join((host.message or "").split())
                bench.error = f"`{host.task}`: {said}" if host.task else "its builder was not gone over"
        return tally

    def _told(self, bench: _Bench) -> dict[str, Any]:
        """Give what a builder's role is told: what the host is told that it stands for, but for who it is."""
        told = role_inputs(self.plan, bench.wish.enclave, bench.wish.host)
        subject = Subject(bench.name.host, self.plan.hub.name, bench.address)
        return {
            **told,
            "foundation_enclave": self.plan.hub.name,
            "foundation_host": bench.name.host,
            "foundation_certificate": str(self._authority().certificate(subject)),
            "golden_image": bench.wish.name,
        }

    def _authority(self) -> Authority:
        return Authority(self.tools.records / "authority", self.plan.exercise)

    def _certificate_file(self, bench: _Bench) -> Path:
        return self.tools.records / "authority" / "hosts" / f"{bench.name.alias}.pem"

    def _imaged(self, benches: Sequence[_Bench], made: Mapping[str, Made]) -> Iterator[Built]:
        """Shut builders down and make images of them; each is shared and remembered once it is there."""
        shelf = Shelf(self.tools.records)
        well = [bench for bench in benches if bench.error is None]
        self.tell(f"making {len(well)} images")
        self.images.halt([bench.instance for bench in well])
        with ThreadPoolExecutor(self.tools.forks, thread_name_prefix="image") as threads:
            images = dict(
                zip(
                    [bench.wish.name for bench in well],
                    threads.map(lambda bench: self.images.make(bench.instance, bench.wish.name), well),
                    strict=True,
                )
            )
        for bench in benches:
            name = bench.wish.name
            if bench.error is not None:
                yield Built(name, error=bench.error)
                continue
            image = images[name]
            self.images.share(image, accounts_of(self.plan))
            kept = made[name].model_copy(update={"image": image.id, "snapshots": image.snapshots})
            shelf.keep(kept)
            yield Built(name, image=image.id, tasks=kept.tasks)


def accounts_of(plan: Plan) -> tuple[str, ...]:
    """Give the accounts that images are shared with: all of the exercise but the hub's, whose they are."""
    return tuple(enclave.account for enclave in plan.enclaves)


def prune(images: Images, records: Path, kept: Mapping[str, object]) -> tuple[GoldenImage, ...]:
    """Delete the images that nothing has a use for, with their snapshots and records; give them."""
    shelf = Shelf(records)
    gone = tuple(image for name, image in images.all().items() if name not in kept)
    for image in gone:
        images.remove(image)
        shelf.forget(image.name)
    images.forget(images.strays())
    for made in shelf.all():
        if made.name not in kept:
            shelf.forget(made.name)
    return gone
