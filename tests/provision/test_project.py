"""The Pulumi project, by hand and in the controller's work directories."""

from __future__ import annotations

from pathlib import Path

from range.provision.project import forget_salts


def test_salts_of_one_exercise_are_forgotten_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / ".range" / "config"
    folder.mkdir(parents=True)
    for name in ("steadfast.est", "steadfast.hub", "trident.est"):
        (folder / f"Pulumi.{name}.yaml").write_text("encryptionsalt: v1:AAAA:v1:BBBB:CCCC\n")

    forget_salts("steadfast", tmp_path)

    assert [path.name for path in folder.iterdir()] == ["Pulumi.trident.est.yaml"]


def test_there_may_be_no_salts_to_forget(tmp_path: Path) -> None:
    forget_salts("steadfast", tmp_path)

    assert list(tmp_path.iterdir()) == []
