"""Pictures of the pages that prepare, in every state: called by ``tests.gui.pictures``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from firingorder.montage import DEFAULT_EIGHT
from firingorder.session.office import Office
from firingorder.sound.out import NullSound, Recorder
from tests.gui.prepared import BAD, HUM, SENSOR, WARN, check, told, wizard
from tests.gui.synthetic import SyntheticSession

SIZES = {"fhd": (1920, 1080), "hd": (1280, 800)}
#: The least and the largest room a page must do with.
ROOMS = {"least": (1024, 640), "uhd": (3840, 2160)}
THEMES = ("dark", "light")
#: Nobody moves at this moment of the synthetic course; its last lift is still to be seen.
QUIET_S = 7.2
PAIR = ("gluteus_maximus_left", "erector_spinae_left")
DEAD = ("The left glute did not change while the other side did: it gets no reference; "
        "check its cable and pads.")  # fmt: skip
SWAPPED = "The pads of the left glute and the right glute seem to be swapped."
REFUSED = {
    "rest": "You moved: let everything lie heavy, breathe calmly and lie still.",
    "montage": "Nothing changed when the left glute was asked for: try again, a little firmer.",
    "squeeze_glutes": "The pelvis moved by 14 degrees: keep it where it is and only press.",
    "bend_knee": "There is mains hum of 31 uV at the left back of the thigh: move away from mains "
    "cables and press its pads down.",
    "lift_back": "The tries of the left lower back differ by 38 %: as firmly each time as the "
    "time before.",
    "push_knees_out": "A pad on the right side of the hip came loose: press it down firmly.",
    "bridges": "Only 1 of the lifts could be told apart: rest flat between them.",
}
SAID = {
    "montage": "Squeeze only your left glute.",
    "bridges": "Slowly up.",
}


def take(save, staged) -> None:
    """Take all pictures; ``save(window, name)`` keeps one, ``staged`` makes a window."""
    for size_name, size in SIZES.items():
        for theme in THEMES:
            tag = f"{theme}_{size_name}"
            _setup(save, staged, size, theme, tag)
            _ends(save, staged, size, theme, tag)
            _steps(save, staged, size, theme, tag)
            _practise(save, staged, size, theme, tag)
    _cards(save, staged)


def _page(staged, session, page, *, seconds=QUIET_S, found=None, **options):
    changes = {"tested_on": "simulation", "check": found or session.status.check}
    session.status = replace(session.status, **changes)
    return staged(session, seconds, page=page, **options)


def _setup(save, staged, size, theme, tag) -> None:
    look = {"size": size, "theme": theme}
    save(_page(staged, SyntheticSession(), "setup", found=check(), **look), f"setup_good_{tag}")
    one = SyntheticSession(hum=(("gluteus_maximus_left", 68.0),))
    window = _page(staged, one, "setup", found=check(gluteus_maximus_left=BAD), **look)
    save(window, f"setup_one_{tag}")
    two = SyntheticSession(hum=(("gluteus_maximus_left", 68.0),), seed=9,
                           hiss=(("hamstring_right", 7.9),))  # fmt: skip
    two.status = replace(two.status, source="simulated")
    found = check(gluteus_maximus_left=BAD, hamstring_right=WARN)
    save(_page(staged, two, "setup", found=found, **look), f"setup_two_{tag}")
    bare = SyntheticSession(channels=PAIR, has_imu=False)
    found = check(PAIR, ohm=False, sensor=None)
    save(_page(staged, bare, "setup", found=found, **look), f"setup_no_imu_{tag}")
    plain = SyntheticSession()
    plain.status = replace(plain.status, calibrated=False)
    found = check(calibrated=False, ohm=False, hamstring_left=HUM | {"noise_uv": None})
    save(_page(staged, plain, "setup", found=found, **look), f"setup_arbitrary_{tag}")
    lost = SyntheticSession()
    sensor = replace(
        SENSOR,
        light="bad",
        cause="upside_down",
        instruction="Turn the pelvis sensor around: its arrow points to the head.",
    )
    save(_page(staged, lost, "setup", found=check(sensor=sensor), **look), f"setup_sensor_{tag}")
    away = SyntheticSession()
    away.status = replace(away.status, connection="idle", channels=(), has_imu=False)
    window = _page(staged, away, "setup", seconds=0.0, offer_demo=SyntheticSession, **look)
    save(window, f"setup_no_device_{tag}")
    moving = SyntheticSession(alone="gluteus_maximus_left")
    window = _page(staged, moving, "setup", seconds=9.0, found=check(), **look)
    save(window, f"setup_moves_{tag}")


def _practise(save, staged, size, theme, tag) -> None:
    window = _page(staged, SyntheticSession(plain=True), "practise", size=size, theme=theme)
    page = window.pages.around["practise"]
    _keep(save, window, f"practise_start_{tag}")
    page.quiz.start.set_seed(17)
    page.quiz.begin()
    _keep(save, window, f"practise_making_{tag}")
    for answer in ("back_first", "unclear"):
        while page.quiz.state == "making":
            page.quiz.maker._job.thread.join()
            window.tick()
        _keep(save, window, f"practise_question_{answer}_{tag}")
        page.quiz.answer(answer)
        window.tick()
        _keep(save, window, f"practise_told_{answer}_{tag}")
        page.quiz.next()
    for part in ("debates", "not_known", "how_sure"):
        page.show_part(part)
        _keep(save, window, f"practise_{part}_{tag}")
    window.close()


def _around(save, staged, size, theme, tag) -> None:
    """Take the pages of programmes and exercises, with what a therapist and a person see."""
    for hat in ("therapist", "person"):
        with TemporaryDirectory() as folder:
            office = Office(folder=Path(folder), settings_file=Path(folder) / "settings.json")
            look = {"size": size, "theme": theme, "office": office, "seconds": 0.2}
            window = _page(staged, SyntheticSession(plain=True), "programme", **look)
            office.hat = hat
            page = window.pages.around["programme"]
            page.desk.select("sessions")
            page.refresh()
            window.tick()
            _keep(save, window, f"programme_template_{hat}_{tag}")
            page.desk.new("Session for M")
            page.desk.save()
            page.desk.select_item(1)
            for field, text in (("mode", "sequence"), ("measure", "lead_ms"), ("rest_s", "75")):
                page.desk.change(field, text)
            page.refresh()
            _keep(save, window, f"programme_own_{hat}_{tag}")
            page.asks.add()
            save(window, f"programme_add_{hat}_{tag}")
            window = _page(staged, SyntheticSession(plain=True), "exercises", **look)
            office.hat = hat
            window.tick()
            page = window.pages.around["exercises"]
            _keep(save, window, f"exercises_{hat}_{tag}")
            page.desk.select("clam")
            page.desk.copy("Clam for M")
            page._toggle_edit()
            save(window, f"exercises_copy_{hat}_{tag}")


def _cards(save, staged) -> None:
    found = check(gluteus_maximus_left=BAD, hamstring_right=WARN)
    for size_name, size in SIZES.items():
        for card in ("guide", "raw"):
            window = _page(staged, SyntheticSession(), "setup", found=found, size=size)
            window.pages.setup._toggle(card)
            window.tick()
            save(window, f"setup_{card}_{size_name}")
        for page in ("setup", "calibrate"):
            window = _page(staged, SyntheticSession(), page, found=found, size=size)
            window.toggle_help()
            save(window, f"{page}_help_{size_name}")


def _show(window, session, view, *events) -> None:
    session.status = replace(session.status, wizard=view)
    session.extra += events
    window.tick()


def _ends(save, staged, size, theme, tag) -> None:
    look = {"size": size, "theme": theme}
    save(_page(staged, SyntheticSession(), "calibrate", **look), f"calibrate_start_{tag}")
    again = SyntheticSession()
    again.status = replace(again.status, calibration="Calibrated 2026-11-20 09:12 UTC.",
                           source="simulated")  # fmt: skip
    save(_page(staged, again, "calibrate", **look), f"calibrate_start_again_{tag}")
    replay = SyntheticSession()
    replay.status = replace(replay.status, source="replay")
    save(_page(staged, replay, "calibrate", **look), f"calibrate_start_replay_{tag}")
    session = SyntheticSession()
    window = _page(staged, session, "calibrate", **look)
    _show(window, session, wizard("squeeze_glutes", "review"), told("rest"), told("montage"),
          told("squeeze_glutes"))  # fmt: skip
    _show(window, session, wizard("bend_knee", "review", notes={"hamstring_left": DEAD}),
          told("bend_knee", "accepted", DEAD))  # fmt: skip
    _show(window, session, wizard("lift_back", "review"), told("lift_back"))
    _show(window, session, wizard("bridges", "done"), told("push_knees_out", "skipped"),
          told("bridges", "rejected", REFUSED["bridges"]))  # fmt: skip
    save(window, f"calibrate_finish_{tag}")


def _steps(save, staged, size, theme, tag) -> None:
    keys = ("rest", "montage", "squeeze_glutes", "bend_knee", "lift_back", "push_knees_out",
            "bridges")  # fmt: skip
    for k, step in enumerate(keys):
        session = SyntheticSession(channels=DEFAULT_EIGHT, plain=True)
        sound = NullSound("Sound is off: no loudspeaker was found.") if k == 1 else Recorder(_zero)
        window = _page(staged, session, "calibrate", size=size, theme=theme, seconds=0.2,
                       open_sound=lambda sound=sound: sound)  # fmt: skip
        events = [told(key) for key in keys[:k]]
        first = wizard(step, "get_ready", trial=1, target=None, level=0.05,
                       voice=SAID.get(step, "") if step == "montage" else "")  # fmt: skip
        _show(window, session, first, *events)
        window.tick()
        _keep(save, window, f"calibrate_{k + 1}_{step}_ready_{tag}")
        said = SAID.get(step, "") if step == "bridges" else ""
        _show(window, session, wizard(step, "go", voice=said, voice_key=f"{step}.go"))
        if step == "bridges":
            _show(window, session, wizard(step, "go", voice=said, voice_key="bridges.up"))
        _keep(save, window, f"calibrate_{k + 1}_{step}_go_{tag}")
        reasons = (REFUSED[step], *((DEAD,) if step == "squeeze_glutes" else ()))
        refused = wizard(step, "rejected", reasons=reasons, remaining_s=4.0, total_s=5.0)
        if step == "montage":
            refused = wizard(step, "rejected", reasons=(SWAPPED,), remaining_s=None, can_swap=True)
        _show(window, session, refused, told(step, "rejected", *reasons))
        _keep(save, window, f"calibrate_{k + 1}_{step}_rejected_{tag}")
        done = wizard(step, "review", remaining_s=1.2, total_s=2.0)
        _show(window, session, done, told(step))
        save(window, f"calibrate_{k + 1}_{step}_review_{tag}")


def _keep(save, window, name) -> None:
    save(window, name, close=False)


def _zero() -> float:
    return 0.0
