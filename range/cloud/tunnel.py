"""The way to the bastion on AWS: a tunnel through the Instance Connect endpoint of the hub. A ProxyCommand of SSH.

    python -m range.cloud.tunnel REGION ACCOUNT ROLE EXTERNAL_ID ADDRESS PORT

The AWS CLI does the tunnelling; it is given the controller role's credentials of the hub's account by its environment.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import NoReturn

from range.cloud.sessions import Account, Entry, Sessions
from range.errors import CloudError, EnvironmentMissing, RangeError


def tunnel(account: Account, address: str, port: str) -> tuple[list[str], dict[str, str]]:
    """Give the command that tunnels to an address in the hub's VPC, and the credentials it needs as variables.

    Source: AWS CLI command reference, "ec2-instance-connect open-tunnel" (read 2026-11-28).

    Raises:
        EnvironmentMissing: the AWS CLI isn't installed.
        CloudError: the hub has no endpoint that is ready.
    """
    program = shutil.which("aws")
    if program is None:
        raise EnvironmentMissing(
            "the AWS CLI isn't installed, and the way to the bastion is its `ec2-instance-connect open-tunnel`",
            hint="install version 2 of it",
        )
    found = account.call("ec2", "describe_instance_connect_endpoints")["InstanceConnectEndpoints"]
    ready = [endpoint["InstanceConnectEndpointId"] for endpoint in found if endpoint["State"] == "create-complete"]
    if not ready:
        raise CloudError(
            f"account {account.id} has no Instance Connect endpoint that is ready", hint="range up, then again"
        )
    command = [program, "ec2-instance-connect", "open-tunnel", "--region", account.region]
    command += ["--instance-connect-endpoint-id", ready[0], "--private-ip-address", address, "--remote-port", port]
    held = account.credentials
    variables = {"AWS_ACCESS_KEY_ID": held.access_key, "AWS_SECRET_ACCESS_KEY": held.secret_key}
    return command, {**variables, "AWS_SESSION_TOKEN": held.token or ""}


def main() -> NoReturn:
    """Tunnel between stdin and stdout, until either side ends."""
    region, number, role, external_id, address, port = sys.argv[1:7]
    try:
        account = Sessions({number: Entry(role=role, external_id=external_id)}, region).account(number)
        command, variables = tunnel(account, address, port)
    except RangeError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    os.execve(command[0], command, {**os.environ, **variables})  # noqa: S606 - it is to take this process's place


if __name__ == "__main__":
    main()
