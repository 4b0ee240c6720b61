"""What the exercise file comes to: the record that every stack, rule, price and proof is derived from."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

from pydantic import BaseModel, ConfigDict

INTERNET = "internet"
"""The name of the enclave, and of its only zone, that stands for everything outside."""

EnclaveKind = Literal["hub", "ally", "red", "white"]
FlowKind = Literal["management", "service", "mirror", "declared", "egress"]
"""Why a flow is there: the controller's way in, a hub service, traffic mirroring, the file's `flows`, its `egress`."""


class Record(BaseModel):
    """Frozen, closed, and written to and read from JSON without loss."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ZoneName(Record):
    """One zone of one enclave."""

    enclave: str
    zone: str

    def __str__(self) -> str:
        """Give the form that the exercise file uses: `est.targets`."""
        return f"{self.enclave}.{self.zone}"


class Subnet(Record):
    """A zone's part in one availability zone."""

    availability_zone_id: str
    cidr: IPv4Network


class Zone(Record):
    """A zone with its addresses: `cidr` is shared out among `subnets`, one per availability zone."""

    name: str
    cidr: IPv4Network
    subnets: tuple[Subnet, ...]


class Host(Record):
    """One machine; its address is allotted once and stays over replacements."""

    name: str
    """Unique in its enclave: `web-1`."""
    role: str
    zone: str
    image: str
    """A key of `Plan.images`."""
    size: str
    disk_gib: int
    address: IPv4Address
    availability_zone_id: str
    weaknesses: tuple[str, ...] = ()
    """The deliberate ones that it has."""


class Mirror(Record):
    """Copies of everything a host's interface sees, sent to a sensor of the same enclave."""

    source: str
    sensor: str
    session_number: int


class Enclave(Record):
    """An enclave or the hub: one account, one VPC, one stack."""

    name: str
    """The ally's code, `hub`, `red` or `white`."""
    kind: EnclaveKind
    account: str
    profile: str
    """Which of the file's profiles it has; empty for the hub, which has none."""
    contact: str
    cidr: IPv4Network
    zones: tuple[Zone, ...]
    hosts: tuple[Host, ...]
    mirrors: tuple[Mirror, ...] = ()

    def zone(self, name: str) -> Zone:
        """Find a zone by name; a KeyError is a defect of the plan, not of the file."""
        for zone in self.zones:
            if zone.name == name:
                return zone
        raise KeyError(f"{self.name} has no zone {name}")


class PortSpan(Record):
    """Ports from `first` to `last`, both included."""

    first: int
    last: int


class PlannedFlow(Record):
    """Leave to open connections from one zone to another. One row per pair of zones and span of ports."""

    source: ZoneName
    target: ZoneName
    protocol: Literal["tcp", "udp", "icmp"]
    ports: PortSpan | None
    """None for icmp."""
    kind: FlowKind
    why: str
    every_ally: bool = False
    """Declared for `allies`: rules at the end that is no ally's then name the ranges in which only allies are."""


class Service(Record):
    """A hub service by the name that every enclave's private zone gives it."""

    name: str
    address: IPv4Address
    protocol: Literal["tcp", "udp"]
    port: int


class Image(Record):
    """A machine image by owner and exact name."""

    owner: str
    name: str


class GatewayTable(Record):
    """A transit gateway route table: whose attachment looks routes up in it, and whose addresses it learns."""

    name: str
    associated: tuple[str, ...]
    """Enclaves whose traffic enters the gateway through this table."""
    learns: tuple[str, ...]
    """Enclaves that are propagated into it."""
    blackholes: tuple[IPv4Network, ...]
    default_to_hub: bool = False
    """Whether the internet lies behind the hub (only with egress)."""


class QuotaUse(Record):
    """How near the exercise comes to one AWS quota in one account."""

    quota: str
    code: str | None
    account: str
    default: int
    limit: int
    """What the exercise file says that AWS granted, or the default."""
    needed: int
    adjustable: bool
    source: str

    @property
    def within(self) -> bool:
        """Say whether what is granted is enough."""
        return self.needed <= self.limit


class CostItem(Record):
    """What one kind of thing costs per hour."""

    item: str
    count: float
    usd_per_h: float
    """For all `count` of them."""
    source: str


class SessionTerms(Record):
    """How long teams play, and what happens when time or money is over."""

    length_h: float = 4.0
    warn_min: tuple[int, ...] = (60, 15, 5)
    at_lease_end: Literal["warn", "freeze", "end"] = "end"
    at_budget_end: Literal["warn", "freeze", "end"] = "warn"
    lease_end: datetime | None = None


class Plan(Record):
    """Everything that is decided before anything is made. The same file and lock give the same plan, byte for byte."""

    exercise: str
    region: str
    availability_zone_ids: tuple[str, ...]
    supernet: IPv4Network
    management_account: str
    controller_role: str
    external_id: str
    images: dict[str, Image]
    services: tuple[Service, ...]
    hub: Enclave
    enclaves: tuple[Enclave, ...]
    """Allies in the file's order, then red, then white; never the hub."""
    flows: tuple[PlannedFlow, ...]
    tables: tuple[GatewayTable, ...]
    egress: bool
    budget_usd: float
    session: SessionTerms = SessionTerms()
    quotas: dict[str, int] = {}
    """AWS's quotas where they aren't the defaults, by name."""

    def enclave(self, name: str) -> Enclave:
        """Find an enclave, or the hub, by name."""
        for enclave in (self.hub, *self.enclaves):
            if enclave.name == name:
                return enclave
        raise KeyError(name)

    def stack(self, name: str) -> str:
        """Name the stack of an enclave or the hub: `steadfast.est`."""
        return f"{self.exercise}.{name}"
