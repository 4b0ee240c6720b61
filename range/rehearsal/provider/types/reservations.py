"""Addresses of a subnet that AWS gives to nobody by itself."""

from __future__ import annotations

from typing import Any

from range.rehearsal.provider.rows import ID, Row, call, fixed, output
from range.rehearsal.provider.work import Work


def _reservation(work: Work) -> Any:
    """Find the reservation among its subnet's: AWS doesn't look one up by its id."""
    found = work.ask("get_subnet_cidr_reservations", SubnetId=work.value("subnetId"))["SubnetIpv4CidrReservations"]
    return next((item for item in found if item["SubnetCidrReservationId"] == work.id), None)


SUBNET_CIDR_RESERVATION = Row(
    "aws:ec2/subnetCidrReservation:SubnetCidrReservation",
    "EC2 Subnet CIDR Reservation",
    "ec2",
    create=call("create_subnet_cidr_reservation", "SubnetCidrReservation"),
    id="SubnetCidrReservationId",
    imports="{subnetId}:{id}",
    read=_reservation,
    delete=(call("delete_subnet_cidr_reservation", SubnetCidrReservationId=ID),),
    absent=("InvalidSubnetID.NotFound", "InvalidSubnetCidrReservationID.NotFound"),
    fields=(
        fixed("subnetId", required=True),
        fixed("cidrBlock", "Cidr", required=True),
        fixed("reservationType", required=True),
        fixed("description", default=None),
        output("ownerId"),
    ),
)

ROWS = (SUBNET_CIDR_RESERVATION,)
