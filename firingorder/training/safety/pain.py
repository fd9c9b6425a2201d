"""What follows from a number of pain, 0 to 10. Docs: docs/reference/safety.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firingorder.training.safety.records import Blocked
from firingorder.training.safety.texts import text

if TYPE_CHECKING:
    from firingorder.training.safety.facts import SafetyFacts

#: Smallest change of a 0 to 10 rating in back pain that is no mere scatter, points: Childs,
#: Piva, Fritz 2005 (10.1097/01.brs.0000164099.92112.29), docs/reference/safety.md section 3.
WORSE = 2
#: From here on no training is begun: a proposal (docs/reference/safety.md section 3).
HIGH = 7


def start_gate(facts: SafetyFacts, pain: int) -> Blocked | None:
    """Return why a session does not begin at this pain; None: it may.

    Compared with the start of the last session, like with like.
    """
    before = next((one.before for one in reversed(facts.sessions) if one.before is not None), None)
    next_step = text("safety.next.rest" if facts.therapist else "safety.next.rest_alone")
    if pain >= HIGH:
        words = f"{text('safety.pain_high')} (Pain {pain} of 10.)"
        return Blocked("pain_high", words, next_step, override=True)
    if before is not None and pain - before >= WORSE:
        words = f"{text('safety.pain_worse')} (Pain {pain} of 10, last time {before}.)"
        return Blocked("pain_worse", words, next_step, override=True)
    return None
