"""Questions about all requests of a kind, asked once for all accounts whose policies differ only in whose they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from range.policy.decision import Verdict
from range.policy.kinds import Kind
from range.policy.layers import Layer, Layers, Levels
from range.policy.reading import found
from range.policy.rules import Rules
from range.policy.sets.question import Answer, Question
from range.policy.sets.search import may
from range.policy.sets.words import in_words
from range.verify.identity.estate import Documents

_ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
_ASSUMED = "whatever its own account allows"


@dataclass(frozen=True)
class Told:
    """What came out: whether anything passes, in words, and by which statements."""

    verdict: Verdict
    words: str = ""
    chain: tuple[str, ...] = ()


@lru_cache(maxsize=16_384)
def ready(name: str, text: str, kind: Kind) -> Rules:
    """Read a policy that AWS holds, once."""
    return Rules(found(text, kind, name))


def everything() -> Rules:
    """Give what an account could allow its own people: all of it."""
    return ready(_ASSUMED, _ALL, Kind.MANAGED)


def levels_of(documents: Sequence[Documents], kind: Kind) -> Levels:
    """Make the organisation's policies ready, level by level."""
    return tuple(tuple(ready(name, text, kind) for name, text in level) for level in documents)


def told(answer: Answer) -> Told:
    """Put an answer into words; what was assumed of another account's own policies is left out of the chain."""
    if answer.verdict is Verdict.DENIED:
        return Told(Verdict.DENIED)
    if answer.request is None or answer.decision is None:
        return Told(answer.verdict, "; ".join(answer.doubts[:4]) or "nobody can tell")
    shown = [(layer, rule) for layer, rule in answer.decision.chain if not _is_assumed(layer, rule.policy.name)]
    chain = tuple(f"{layer.value}: {rule.cited}" for layer, rule in shown)
    return Told(answer.verdict, in_words(answer).partition(", by ")[0], chain)


def _is_assumed(layer: Layer, name: str) -> bool:
    return layer is Layer.IDENTITY and name == _ASSUMED


class Memo:
    """Remembers answers by what was asked, with the names of those whom it is about left out."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: dict[object, Told] = {}

    def ask(
        self, key: object, names: Sequence[tuple[str, str]], question: Question, layers: Callable[[], Layers]
    ) -> Told:
        """Answer a question; `names` are what stands for whom in the key, so that the words can be turned back."""
        known = self._known.get(key)
        if known is None:
            answer = told(may(question, layers()))
            self._known[key] = Told(
                answer.verdict, masked(answer.words, names), tuple(masked(each, names) for each in answer.chain)
            )
            return answer
        return Told(known.verdict, _unmasked(known.words, names), tuple(_unmasked(each, names) for each in known.chain))


def masked(text: str, names: Sequence[tuple[str, str]]) -> str:
    """Put placeholders in the place of names, the longest first."""
    for placeholder, name in names:
        text = text.replace(name, placeholder)
    return text


def _unmasked(text: str, names: Sequence[tuple[str, str]]) -> str:
    for placeholder, name in reversed(names):
        text = text.replace(placeholder, name)
    return text
