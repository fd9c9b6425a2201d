"""The calibration of a session: commands in, the wizard's steps and the profile out.

Commands come as inputs and are recorded, samples come by the pipeline, so a replay finds the same
steps and the same profile. A profile says who made it when; that is part of the command too.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from firingorder import __version__
from firingorder.calibration.fit import SessionFacts, fit, left_out, recheck
from firingorder.calibration.own_variability import own_set, own_variability, with_baselines
from firingorder.calibration.plan import CalibrationFacts, PlanName, WizardParams, make_plan
from firingorder.calibration.profile import (
    DeviceIdentity,
    ProfileIdentity,
    personal_reference,
)
from firingorder.calibration.profile_json import from_json
from firingorder.calibration.wizard import Wizard
from firingorder.calibration.words import unit
from firingorder.errors import FiringOrderError
from firingorder.findings import CalibrationFinding, MarkerEvent
from firingorder.montage import MUSCLES
from firingorder.signal.metrics.level import reference_gate
from firingorder.signal.metrics.record import MetricsParams
from firingorder.signal.reference import PersonalReference

if TYPE_CHECKING:
    from firingorder.calibration.fit import Misfit
    from firingorder.calibration.profile import CalibrationProfile
    from firingorder.calibration.reference import Effort
    from firingorder.calibration.view import WizardView
    from firingorder.findings import Event
    from firingorder.session.engine import Engine
    from firingorder.session.inputs import Calibrate
    from firingorder.signal.reference import ChannelReference

#: Of a command that came without the time: as old as can be, so it is never taken for fresh.
UNKNOWN_TIME = "1970-01-01T00:00:00+00:00"
TOO_EARLY = "There are no samples yet: calibrate when the belt streams."
_METRICS = MetricsParams()
TOO_LATE = (
    "Pads can be exchanged before the first repetition only. End this session and start a new one."
)


class CalibrationDesk:
    """Steers the wizard of one session and puts its profile to use.

    Attributes
    ----------
    profile
        The profile in use, None for none.
    notes
        What of it is not used, and why: sentences.
    reference
        What the signal chain gets of it.
    since_s
        Since when it is in use, device time; None for none.
    """

    def __init__(self, engine: Engine) -> None:
        self.profile: CalibrationProfile | None = None
        self.notes: tuple[str, ...] = ()
        self.reference = PersonalReference()
        self.since_s: float | None = None
        self._engine = engine
        self._wizard: Wizard | None = None
        self._plan: PlanName = "full"
        self._early: Calibrate | None = None
        self._without: frozenset[str] = frozenset()

    @property
    def view(self) -> WizardView | None:
        """What the wizard shows, None where none is open."""
        return None if self._wizard is None else self._wizard.view

    @property
    def words(self) -> str:
        """Which calibration is in use, one sentence; empty for none."""
        if self.profile is None:
            return ""
        when = self.profile.identity.created_utc[:16].replace("T", " ")
        return f"Calibrated {when} UTC."

    @property
    def references(self) -> tuple[ChannelReference | None, ...]:
        """By channel, rest and reference where a level may be told in percent."""
        found, known = self.reference, self.reference.channels
        return tuple(
            None if reference_gate(found, name, _METRICS) else known.get(name)
            for name in self._engine.channels
        )

    @property
    def reference_unit(self) -> str:
        """How levels are told: "% of calibration"; empty without a reference."""
        if self.profile is None or self.reference.normalisation == "none":
            return ""
        return unit(self.profile.effort)

    def command(self, asked: Calibrate) -> list[Event]:
        """Do what a person asked for; what cannot be done is answered in one sentence."""
        try:
            return self._command(asked)
        except FiringOrderError as error:
            return [MarkerEvent(str(error), self._now_s)]

    def begun(self) -> list[Event]:
        """Take note that samples come: do what was asked before, and watch again."""
        pipeline = self._engine.pipeline
        if pipeline is not None and self._wizard is not None:
            pipeline.observe(self._wizard)
        early, self._early = self._early, None
        return [] if early is None else self.command(early)

    def take(self) -> list[Event]:
        """Return what the wizard made known since the last call."""
        return [] if self._wizard is None else [*self._wizard.take_findings()]

    @property
    def _now_s(self) -> float | None:
        return self._engine.newest_s

    def _command(self, asked: Calibrate) -> list[Event]:
        if self._engine.pipeline is None:
            if asked.name == "load":
                self._early = asked
                return []
            return [MarkerEvent(TOO_EARLY, None)]
        match asked.name:
            case "begin":
                return self._begin(_options(asked.text))
            case "leave":
                self._close()
                return []
            case "apply":
                return self._apply(_options(asked.text))
            case "load":
                return self._load(_options(asked.text))
            case "own":
                return self._own(_options(asked.text))
            case "swap" if self._wizard is None:
                return self._swap(asked.text)
            case name:
                if self._wizard is not None:
                    self._wizard.command(name)
                return []

    def _begin(self, options: dict[str, Any]) -> list[Event]:
        engine = self._engine
        pipeline, (emg, imu) = engine.pipeline, engine.layouts
        assert pipeline is not None
        montage = engine.montage
        facts = CalibrationFacts(
            channels=engine.channels,
            rate_hz=pipeline.rate_hz,
            block_n=pipeline.block_n,
            calibrated=emg.calibrated,
            imu=imu is not None,
            mount_wxyz=self.reference.mount_wxyz
            or ((1.0, 0.0, 0.0, 0.0) if imu is None else imu.mount_wxyz),
            own_clock=engine.taps is not None,
            ham_site="unknown" if montage is None else montage.ham_site,
        )
        effort: Effort = "maximal" if options.get("effort") == "maximal" else "submaximal"
        self._plan = "recheck" if options.get("plan") == "recheck" else "full"
        params = WizardParams(effort=effort)
        self._wizard = Wizard(facts, params, make_plan(facts, params, self._plan))
        pipeline.observe(self._wizard)
        return []

    def _close(self) -> None:
        self._wizard = None
        if self._engine.pipeline is not None:
            self._engine.pipeline.observe(None)

    def _apply(self, options: dict[str, Any]) -> list[Event]:
        wizard = self._wizard
        if wizard is None:
            return [MarkerEvent("There is no calibration to use: begin one.", self._now_s)]
        events: list[Event] = [*wizard.take_findings()]
        fresh = wizard.profile(self._identity(options))
        self._close()
        if self._plan == "recheck" and self.profile is not None:
            misfits = recheck(self.profile, fresh)
            # What did not fit when it was loaded does not fit now either.
            without = self._without | left_out(misfits)
            return events + self._use(self.profile, without, _sentences(misfits))
        return events + self._use(fresh, frozenset(), ())

    def _load(self, options: dict[str, Any]) -> list[Event]:
        profile = from_json(str(options.get("profile", "")), "The calibration")
        engine = self._engine
        emg, imu = engine.layouts
        montage = engine.montage
        facts = SessionFacts(
            channels=engine.channels,
            now_utc=str(options.get("utc", profile.identity.created_utc)),
            person=engine.setup.person,
            device=self.device,
            ham_site="unknown" if montage is None else montage.ham_site,
            calibrated=emg.calibrated,
            application=options.get("application"),
            imu=imu is not None,
        )
        misfits = fit(profile, facts)
        return self._use(profile, left_out(misfits), _sentences(misfits))

    def _use(
        self, profile: CalibrationProfile, without: frozenset[str], notes: tuple[str, ...]
    ) -> list[Event]:
        engine = self._engine
        if self.profile is None or self.profile.identity != profile.identity:
            self.since_s = self._now_s or 0.0
        self.profile, self.notes, self._without = profile, notes, without
        self.reference = personal_reference(profile, without)
        renamed = dict(profile.repairs)
        if renamed and set(profile.names) == set(engine.channels):
            names = tuple(renamed.get(name, name) for name in engine.channels)
            if names != engine.channels and not engine.rename(names):
                return [MarkerEvent(TOO_LATE, self._now_s)]
        pipeline = engine.pipeline
        events: list[Event] = [] if pipeline is None else [*pipeline.refer(self.reference)]
        at_s = 0.0 if self._now_s is None else self._now_s
        return [*events, CalibrationFinding("profile", "finished", notes, at_s)]

    def _own(self, options: dict[str, Any]) -> list[Event]:
        if self.profile is None:
            return [MarkerEvent("Own variability belongs to a calibration: do it first.", None)]
        wanted = [int(k) for k in cast("list[Any]", options.get("sets", [])) if _is_number(k)]
        before = [one for one in self._engine.repetitions
                  if one.set_index in wanted and one.start_s < (self.since_s or 0.0)]  # fmt: skip
        if before:
            said = f"Set {before[0].set_index} began before the calibration: do two sets after it."
            return [MarkerEvent(said, self._now_s)]
        application = self.profile.identity.application
        sets = [
            own_set([one for one in self._engine.repetitions if one.set_index == k], application)
            for k in wanted
        ]
        own = own_variability(sets)
        if not own.accepted:
            at_s = 0.0 if self._now_s is None else self._now_s
            return [CalibrationFinding("own_variability", "rejected", own.reasons, at_s)]
        profile = replace(with_baselines(self.profile, own), repairs=())
        return self._use(profile, self._without - {"baselines"}, own.reasons)

    def _swap(self, muscle: str) -> list[Event]:
        """Exchange left and right of one muscle: pads that were put on the wrong side."""
        engine = self._engine
        left, right = f"{muscle}_left", f"{muscle}_right"
        if muscle not in MUSCLES or not {left, right} <= set(engine.channels):
            said = f"There are no two sides of {muscle.replace('_', ' ')} to exchange."
            return [MarkerEvent(said, self._now_s)]
        other = {left: right, right: left}
        if not engine.rename(tuple(other.get(name, name) for name in engine.channels)):
            return [MarkerEvent(TOO_LATE, self._now_s)]
        said = f"Left and right {muscle.replace('_', ' ')} exchanged"
        return [MarkerEvent(said, self._now_s)]

    def _identity(self, options: dict[str, Any]) -> ProfileIdentity:
        return ProfileIdentity(
            profile_id=str(options.get("id", "")),
            created_utc=str(options.get("utc") or UNKNOWN_TIME),
            software=__version__,
            person=self._engine.setup.person,
            device=self.device,
            application=int(options.get("application", 1)),
        )

    @property
    def device(self) -> DeviceIdentity:
        """Which device a profile of this session would be of."""
        known = self._engine.profile
        if known is None:
            return DeviceIdentity()
        return DeviceIdentity(known.model, known.serial, known.firmware)


def _options(text: str) -> dict[str, Any]:
    """Return the options of a command; what cannot be read are none."""
    found: object
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _sentences(misfits: tuple[Misfit, ...]) -> tuple[str, ...]:
    return tuple(one.sentence for one in misfits)
