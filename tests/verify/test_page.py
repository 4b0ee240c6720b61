"""The page: all in one file, the same bytes every time, readable at any width and without a mouse."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from range.records.proof import Proof
from range.verify.decision import prove, unreadable
from range.verify.page.document import page
from tests.verify.catalogue import catalogue, make
from tests.verify.exercises import of_size, steadfast
from tests.verify.naming import Names
from tests.verify.ranges import range_of

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDTHS = {"desktop": 1440, "phone": 390}
KINDS = ("peering", "group rule missing", "unmodelled type", "way out", "name firewall")
VOID = {"meta", "link", "br", "rect", "path"}


@cache
def violated() -> Proof:
    """A proof with every sort of finding."""
    cloud = range_of(steadfast()).cloud
    names = Names(steadfast(), cloud.snapshot()).of
    for kind in KINDS:
        make(next(fault for fault in catalogue() if fault.kind == kind), names, cloud.call, cloud.look)
    return prove(steadfast(), cloud.snapshot())


class Read(HTMLParser):
    """What a page has: its tags with their attributes, and whether each was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def having(self, key: str) -> list[str]:
        """Give every value of an attribute."""
        return [str(attributes[key]) for _, attributes in self.tags if key in attributes]


def test_the_page_needs_nothing_from_anywhere_and_closes_what_it_opens() -> None:
    read = Read(page(violated()))

    assert read.open == []
    assert [one for key in ("src", "href", "action") for one in read.having(key)] == ["data:,"]
    assert not re.search(r"https?://|@import|url\((?!#)", page(violated()))
    assert "default-src 'none'" in page(violated())


def test_the_same_proof_gives_the_same_bytes() -> None:
    assert page(violated()) == page(Proof.model_validate_json(violated().model_dump_json()))


def test_every_pair_has_a_cell_and_every_counterexample_a_path() -> None:
    proof, read = violated(), Read(page(violated()))
    buttons = [attributes for tag, attributes in read.tags if tag == "button" and "data-pair" in attributes]
    paths = {attributes.get("id") for tag, attributes in read.tags if tag == "g"}

    assert len(buttons) == len(proof.matrix) == 7 * 6
    assert {str(cell["aria-label"]).split(".")[0] for cell in buttons} >= {
        "gbr to est: VIOLATED",
        "est to hub: PROVEN",
    }
    assert set(read.having("data-path")) <= paths
    assert len(read.having("data-path")) == sum(one.counterexample is not None for one in proof.findings) > 2
    assert len(read.having("id")) == len(set(read.having("id")))


def test_a_name_that_is_a_script_is_only_a_name() -> None:
    evil = '<script>alert("x")</script>'
    finding = violated().findings[0].model_copy(update={"why": evil, "reasons": (), "resource": evil})
    proof = violated().model_copy(update={"exercise": evil, "findings": (finding,)})

    assert evil not in page(proof)
    assert escape(evil) in page(proof)


def test_an_unreadable_snapshot_has_a_page_too() -> None:
    text = page(unreadable(steadfast(), "it was cut short"))

    assert "it was cut short" in text
    assert Read(text).open == []


def _axe() -> str:
    """Give axe-core, which AXE_CORE names."""
    named = os.environ.get("AXE_CORE")
    if not named:
        pytest.skip("there is no axe-core here: npm pack axe-core, unpack it, and AXE_CORE=the path of axe.min.js")
    return Path(named).read_text(encoding="utf-8")


def _in_browser(folder: Path, text: str, width: int, *scripts: str) -> Any:
    """Open a page at a width in Chromium, run scripts in it, and give what the last one called `answer` with."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    told = "const answer = (it) => parent.postMessage(JSON.stringify(it), '*');"
    inside = text.replace("</body>", "".join(f"<script>{one}</script>" for one in (told, *scripts)) + "</body>")
    (folder / "page.html").write_text(inside, encoding="utf-8")
    frame = f'<iframe src="page.html" style="width:{width}px;height:900px;border:0"></iframe>'
    listen = "onmessage = (said) => { document.getElementById('said').textContent = said.data; };"
    (folder / "frame.html").write_text(
        f'<!doctype html><pre id="said"></pre><script>{listen}</script>{frame}', encoding="utf-8"
    )
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        f"--user-data-dir={folder}/user",
    ]
    window = ["--window-size=1600,1000", "--virtual-time-budget=20000", "--dump-dom"]
    asked = [CHROMIUM, *options, *window, (folder / "frame.html").as_uri()]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=100, check=True)
    said = re.search(r'<pre id="said">(.*?)</pre>', done.stdout, re.DOTALL)
    assert said and said[1], done.stderr[-500:]
    return json.loads(said[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


_LOOK = """
const seen = (one) => { const at = one.getBoundingClientRect(); return at.width > 0 && at.height > 0; };
document.querySelector('[data-pair="gbr--hub"].sign').click();
answer({
  width: innerWidth,
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  paths: [...document.querySelectorAll("#drawing .path")].filter(seen).map((one) => one.dataset.pair),
  shown: document.getElementById("shown").textContent,
  told: document.getElementById("cell").textContent,
  smallest: Math.min(...[...document.querySelectorAll("button")].map((one) => one.getBoundingClientRect().height)),
  stops: [...document.querySelectorAll(".sign[tabindex='0']")].length,
});
"""


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_the_page_fits_and_a_cell_shows_its_path(width: int, tmp_path: Path) -> None:
    seen = _in_browser(tmp_path, page(violated()), width, _LOOK)

    assert (seen["width"], seen["overflow"]) == (width, 0)
    assert set(seen["paths"]) == {"gbr--hub"}
    assert seen["shown"].startswith("Shown: gbr.targets to hub.")
    assert seen["told"].startswith("gbr to hub: VIOLATED")
    assert seen["smallest"] >= 24
    assert seen["stops"] == 1


def test_fifty_enclaves_fit_in_regions_that_scroll(tmp_path: Path) -> None:
    plan = of_size(47)
    proof = prove(plan, range_of(plan).cloud.snapshot())
    look = "answer({overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth})"

    assert _in_browser(tmp_path, page(proof), WIDTHS["phone"], look) == {"overflow": 0}


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_axe_finds_nothing_serious(width: int, tmp_path: Path) -> None:
    axe = _axe()
    run = "axe.run(document).then((found) => answer({passes: found.passes.length, violations: found.violations"
    run += ".map((one) => [one.impact, one.id, one.nodes[0].html])}));"

    found = _in_browser(tmp_path, page(violated()), width, axe.replace("</script", "<\\/script"), run)

    assert found["passes"] > 10
    assert [one for one in found["violations"] if one[0] in {"serious", "critical"}] == []
