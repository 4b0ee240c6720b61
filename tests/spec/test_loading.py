"""Every way to get an exercise file wrong is answered with its line, its field, and what would be valid."""

from __future__ import annotations

from pathlib import Path

import pytest

from range.errors import InputError
from range.spec.loading import load
from tests.spec.files import EXAMPLES, NOW, STEADFAST, changed, loaded, refusal


@pytest.mark.parametrize("name", ["steadfast", "nations36"])
def test_the_examples_are_valid(name: str) -> None:
    exercise = load(EXAMPLES / f"{name}.yaml", now=NOW)

    assert exercise.name == name


def test_the_thirty_six_nations_are_thirty_six() -> None:
    assert len(load(EXAMPLES / "nations36.yaml", now=NOW).allies) == 36


FLOW = "{from: red.attackers, to: allies.targets, protocol: udp, ports: [53], why: red attacks name services}"
BILATERAL = "to: pol.targets, protocol: tcp, ports: [443], why: a joint cell of two allies shares a web service"

WRONG: dict[str, tuple[tuple[str, str], str, str, str]] = {
    # what is wrong: (before, after), field, part of what was found, part of what would be valid
    "an unknown key": (("name: steadfast", "name: steadfast\ncolour: red"), "colour", "the key colour", "controller"),
    "a misspelt key": (("code: est,", "code: est, acount: 1,"), "allies[1].acount", "the key acount", "account,"),
    "a key given twice": (("region: eu-west-2", "region: eu-west-2\nname: x"), "name", "line 2", "once"),
    "a weakness that the role lacks": (
        ("role: target_web,", "role: target_web, weaknesses: {exposed-backups: false},"),
        "profiles.standard.hosts.web.weaknesses.exposed-backups",
        "",
        "exposed-backup",
    ),
    "a weakness of what is no target": (
        ("role: sensor,", "role: sensor, weaknesses: {open-door: true},"),
        "profiles.standard.hosts.sensor.weaknesses.open-door",
        "",
        "sensor has no deliberate weaknesses",
    ),
    "a missing key": (("budget_usd: 400\n", ""), "budget_usd", "nothing", "US dollars"),
    "a number for an account": (('"200000000002"', "200000000002"), "allies[1].account", "a number", "in quotes"),
    "an octal account": (('"200000000002"', "000000000002"), "allies[1].account", "000000000002", "in quotes"),
    "eleven digits": (('"200000000002"', '"20000000000"'), "allies[1].account", '"20000000000"', "12 digits"),
    "digits of another script": (('"200000000002"', '"20000000000٢"'), "allies[1].account", "٢", "12 digits"),
    "a text for a number": (("budget_usd: 400", 'budget_usd: "400"'), "budget_usd", '"400"', "US dollars"),
    "a yes for a number": (("budget_usd: 400", "budget_usd: true"), "budget_usd", "a yes or no", "US dollars"),
    "an endless budget": (("budget_usd: 400", "budget_usd: .inf"), "budget_usd", ".inf", "US dollars"),
    "a sexagesimal port": (("port: 6514", "port: 22:30"), "hub.services.collector.port", "22:30", "1 to 65535"),
    "a port out of range": (("port: 6514", "port: 65536"), "hub.services.collector.port", "65536", "1 to 65535"),
    "a quoted port": (("ports: [53]", 'ports: ["53"]'), "flows[1].ports[0]", '"53"', "8000-8080"),
    "a range upside down": (("ports: [53]", "ports: [90-80]"), "flows[1].ports[0]", "90-80", "8000-8080"),
    "a list for a mapping": (("session: {length_h: 4}", "session: [4]"), "session", "a list of 1", "length_h"),
    "a text for a list": (
        ("availability_zones: [euw2-az1, euw2-az2]", "availability_zones: euw2-az1"),
        "availability_zones",
        "euw2-az1",
        "1 to 4",
    ),
    "nothing for a mapping": (("session: {length_h: 4}", "session:"), "session", "nothing", "length_h"),
    "a quota that isn't one": (
        ("budget_usd: 400", "budget_usd: 400\nquotas: {VPCs per region: 9}"),
        "quotas.VPCs per region",
        "the quota VPCs per region",
        "VPCs per Region",
    ),
    "a quota below nothing": (
        ("budget_usd: 400", "budget_usd: 400\nquotas: {VPCs per Region: -1}"),
        "quotas.VPCs per Region",
        "-1",
        "0 or more",
    ),
    "a name that begins a security group's id": (("name: steadfast", "name: sg"), "name", "sg", "sg-"),
    "a name that S3 keeps": (("name: steadfast", "name: sthree-x"), "name", "sthree-x", "sthree-"),
    "an unknown Region": (("region: eu-west-2", "region: eu-west-9"), "region", "eu-west-9", "eu-west-2"),
    "a zone's name for its id": (("euw2-az1,", "eu-west-2a,"), "availability_zones[0]", "a name", "euw2-az1"),
    "a zone of another Region": (("euw2-az1,", "use1-az1,"), "availability_zones[0]", "use1-az1", "eu-west-2"),
    "an availability zone twice": (("euw2-az2]", "euw2-az1]"), "availability_zones[1]", "again", "once"),
    "a code of no country": (("code: est", "code: esx"), "allies[1].code", "esx", "est"),
    "an ally twice": (("code: est", "code: gbr"), "allies[1].code", "gbr again", "once"),
    "an account twice": (('"200000000002"', '"200000000001"'), "allies[1].account", "gbr's", "est's own"),
    "the hub's account": (('"200000000002"', '"100000000002"'), "allies[1].account", "hub's", "est's own"),
    "a team's account": (('"300000000002"', '"200000000001"'), "teams.white.account", "gbr's", "white's own"),
    "a public supernet": (("10.64.0.0/16", "8.0.0.0/8"), "supernet", "8.0.0.0/8", "10.0.0.0/8"),
    "a supernet that AWS uses": (("10.64.0.0/16", "172.16.0.0/14"), "supernet", "172.16.0.0/14", "172.17.0.0/16"),
    "a supernet with host bits": (("10.64.0.0/16", "10.64.0.1/16"), "supernet", "10.64.0.1/16", "prefix length"),
    "a number for a supernet": (("10.64.0.0/16", "1078198272"), "supernet", "a number", "prefix length"),
    "a supernet too small": (("10.64.0.0/16", "10.64.0.0/20"), "supernet", "1 of 3 allies", "/19 or larger"),
    "zones too large": (("targets: {prefix: 25}", "targets: {prefix: 22}"), "profiles.standard.zones", "1152", "960"),
    "a zone too small": (
        ("attackers: {prefix: 26}", "attackers: {prefix: 28}"),
        "profiles.attackers.zones.attackers.prefix",
        "/28",
        "at most 27",
    ),
    "a zone named transit": (
        ("sensors: {prefix: 25}", "transit: {prefix: 25}"),
        "profiles.standard.zones.transit",
        "transit",
        "always added",
    ),
    "an unknown profile": (("profile: referees", "profile: referee"), "teams.white.profile", "referee", "referees"),
    "an unknown role": (
        ("role: target_web", "role: target_wbe"),
        "profiles.standard.hosts.web.role",
        "target_wbe",
        "target_web",
    ),
    "an unknown zone of a host": (
        ("role: target_web, zone: targets", "role: target_web, zone: target"),
        "profiles.standard.hosts.web.zone",
        "target",
        "targets",
    ),
    "an unknown image": (
        ("zone: management, image: debian-13", "zone: management, image: debian-12"),
        "hub.hosts.bastion.image",
        "debian-12",
        "debian-13",
    ),
    "an image by wildcard": (
        ("debian-13-amd64-20251117-2299", '"debian-13-*"'),
        "images.debian-13.name",
        "*",
        "wildcards",
    ),
    "a host in the hub's transit": (
        ("zone: management, image", "zone: transit, image"),
        "hub.hosts.bastion.zone",
        "transit",
        "management",
    ),
    "a second sensor": (
        (
            "disk_gib: 16}\n  attackers",
            "disk_gib: 16}\n      probe: {role: sensor, zone: sensors, image: debian-13}\n  attackers",
        ),
        "profiles.standard.hosts.probe",
        "second sensor",
        "one sensor",
    ),
    "a target that AWS doesn't mirror": (
        (
            "role: target_web, zone: targets, image: debian-13, size: t3.micro",
            "role: target_web, zone: targets, image: debian-13, size: m7i.large",
        ),
        "profiles.standard.hosts.web.size",
        "m7i.large",
        "AWS mirrors",
    ),
    "too many targets for a sensor": (
        (
            "role: target_web, zone: targets, image: debian-13, size: t3.micro",
            "role: target_web, zone: targets, image: debian-13, count: 9",
        ),
        "profiles.standard.hosts",
        "11 targets",
        "at most 10",
    ),
    "more hosts than addresses": (
        (
            "role: attacker, zone: attackers, image: debian-13, size: t3.small",
            "role: attacker, zone: attackers, image: debian-13, count: 55",
        ),
        "profiles.attackers.hosts",
        "55 hosts",
        "at most 54",
    ),
    "an unknown ally in a flow": (
        ("from: est.targets", "from: fin.targets"),
        "flows[5].from",
        "fin.targets",
        "est.targets",
    ),
    "an unknown zone in a flow": (
        (BILATERAL, BILATERAL.replace("pol.targets", "pol.tragets")),
        "flows[5].to",
        "pol.tragets",
        "pol.targets",
    ),
    "the hub's management zone": (
        ("to: hub.services", "to: hub.management"),
        "flows[4].to",
        "hub.management",
        "hub.services",
    ),
    "a transit zone in a flow": (
        (BILATERAL, BILATERAL.replace("pol.targets", "pol.transit")),
        "flows[5].to",
        "pol.transit",
        "pol.targets",
    ),
    "a flow within an enclave": (
        (BILATERAL, BILATERAL.replace("pol.targets", "est.sensors")),
        "flows[5].to",
        "est.sensors",
        "another enclave",
    ),
    "a flow among all allies": (
        (FLOW, FLOW.replace("red.attackers", "allies.sensors")),
        "flows[1].to",
        "allies.sensors to allies.targets",
        "by their codes",
    ),
    "no consent": ((", consent: [est, pol]", ""), "flows[5].consent", "nothing", "est and pol must consent"),
    "one ally's consent": (
        ("consent: [est, pol]", "consent: [est]"),
        "flows[5].consent",
        "a list of 1",
        "pol must consent",
    ),
    "consent where none is needed": (
        (FLOW, FLOW.replace("why", "consent: [est, pol], why")),
        "flows[1].consent",
        "a list of 2",
        "none",
    ),
    "ports with icmp": (
        ("protocol: icmp,", "protocol: icmp, ports: [1],"),
        "flows[3].ports",
        "a list of 1",
        "no ports",
    ),
    "no ports with udp": (("protocol: udp, ports: [53],", "protocol: udp,"), "flows[1].ports", "nothing", "udp"),
    "a port twice": (("ports: [53]", "ports: [53, 50-60]"), "flows[1].ports[1]", "50-60", "once"),
    "a flow twice": (
        ("protocol: udp, ports: [53],", "protocol: tcp, ports: [53, 54],"),
        "flows[1]",
        "flows[0]",
        "once",
    ),
    "a flow that a service has": (
        ("from: white.referees, to: hub.services", "from: est.sensors, to: hub.services"),
        "flows[4]",
        "hub.services.intel",
        "once",
    ),
    "a service on no host": (("host: intel", "host: intle"), "hub.services.intel.host", "intle", "intel"),
    "a service on the bastion": (("host: intel", "host: bastion"), "hub.services.intel.host", "bastion", "intel"),
    "a service for nobody known": (
        ("[allies.sensors]\n", "[allies.sensor]\n"),
        "hub.services.intel.reached_from[0]",
        "allies.sensor",
        "allies.sensors",
    ),
    "a service for the hub": (
        ("[allies.sensors]\n", "[hub.services]\n"),
        "hub.services.intel.reached_from[0]",
        "hub.services",
        "another enclave",
    ),
    "egress for an unknown zone": (
        ("session: {length_h: 4}", "egress: {from: [red.x1], why: updates}"),
        "egress.from[0]",
        "red.x1",
        "red.attackers",
    ),
    "a lease that is over": (("2099-06-30T18:00:00Z", "2026-01-01T00:00:00Z"), "lease_end", "past", "2026-11-22"),
    "a lease without an offset": (("2099-06-30T18:00:00Z", "2099-06-30T18:00:00"), "lease_end", "2099", "UTC offset"),
    "a name that AWS refuses": (("name: steadfast", "name: Steadfast"), "name", "Steadfast", "lower-case"),
    "an anchor": (("session: {length_h: 4}", "session: &a {length_h: 4}"), "session", "&a", "profiles"),
    "an alias": (("session: {length_h: 4}", "session: *a"), "session", "*a", "profiles"),
    "a tag": (("budget_usd: 400", "budget_usd: !!int 400"), "budget_usd", "int", "without tags"),
    "a tag that runs code": (
        ("budget_usd: 400", "budget_usd: !!python/object/apply:os.getcwd []"),
        "budget_usd",
        "python/object",
        "without tags",
    ),
    "a second document": (("session: {length_h: 4}\n", "session: {length_h: 4}\n---\n"), "", "second document", "one"),
    "a code that none is near": (("code: est", "code: xqz"), "allies[1].code", "xqz", "code: est, for example"),
    "a broken quote": (("session: {length_h: 4}", 'session: "'), "", "no YAML", "YAML"),
    "a list as a key": (("session: {length_h: 4}", "? [a]\n: 1"), "", "a list of 1", "a name as the key"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named_with_its_line_and_what_would_be_valid(tmp_path: Path, what: str) -> None:
    change, field, found, valid = WRONG[what]

    error = refusal(tmp_path, changed(change))

    match = [p for p in error.problems if p["field"] == field and found in str(p["found"]) and valid in str(p["valid"])]
    assert match, error
    assert f"line {match[0]['line']}, column {match[0]['column']}: " in str(error)
    assert error.exit_code == 2


def test_a_problem_stands_where_it_is(tmp_path: Path) -> None:
    text = changed(("role: target_web", "role: target_wbe"))

    (problem,) = refusal(tmp_path, text).problems

    line = text.splitlines()[int(str(problem["line"])) - 1]
    assert line[int(str(problem["column"])) - 1 :].startswith("target_wbe")


def test_all_problems_are_named_at_once_unknown_keys_and_broken_rules_alike(tmp_path: Path) -> None:
    text = changed(
        ("name: steadfast", "name: steadfast\ncolour: red"), ("code: est", "code: esx"), ("host: intel", "host: x1")
    )

    fields = {str(problem["field"]) for problem in refusal(tmp_path, text).problems}

    assert fields >= {"colour", "allies[1].code", "hub.services.intel.host"}


def test_no_more_than_twenty_problems_are_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, "\n".join(f"key{number}: 1" for number in range(100)))

    assert len(error.problems) == 20
    assert "and more" in str(error)


def test_problems_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    error = refusal(tmp_path, changed(("name: steadfast", "name: x"), ("code: est", "code: esx")))

    lines = [int(str(problem["line"])) for problem in error.problems]
    assert lines == sorted(lines)


def test_a_no_is_a_text_and_not_a_refusal(tmp_path: Path) -> None:
    exercise = loaded(
        tmp_path,
        changed(
            ("contact: red@example.test", "contact: no@example.test"),
            ("why: white watches and scores the targets", "why: nor"),
        ),
    )

    assert exercise.flows[2].why == "nor"


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    assert loaded(tmp_path, b"\xef\xbb\xbf" + STEADFAST.encode()).name == "steadfast"


def test_windows_line_ends_are_no_problem(tmp_path: Path) -> None:
    assert loaded(tmp_path, STEADFAST.replace("\n", "\r\n")).name == "steadfast"


def test_json_is_yaml(tmp_path: Path) -> None:
    exercise = loaded(tmp_path, STEADFAST)

    assert loaded(tmp_path, exercise.model_dump_json(by_alias=True)) == exercise


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"# only a comment\n\n", "an empty file"),
        (b"\x00\x01\x02\xff", "0xff"),
        (b"name: \x00\n", "U+0000"),
        (b"name: a\nregion: \xe9\n", "0xe9"),
        ("name: a".encode("utf-16"), "UTF-16"),
        (b"name: \x1b[31m\n", "U+001B"),
        (b"%YAML 1.1\n---\nname: a\n", "%YAML"),
        (b"just words", "just words"),
        (b"- a\n- b\n", "a list of 2"),
    ],
)
def test_what_is_no_mapping_in_utf8_is_refused(tmp_path: Path, content: bytes, found: str) -> None:
    error = refusal(tmp_path, content)

    assert found in str(error.problems[0]["found"])


def test_the_line_of_what_is_no_text_is_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, b"name: a\nregion: \xe9\n")

    assert error.problems[0]["line"] == 2
    assert "line 2: found the byte 0xe9" in str(error)


def test_more_than_a_mebibyte_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="larger than 1 MiB"):
        loaded(tmp_path, STEADFAST + "#" * 1024 * 1024)
