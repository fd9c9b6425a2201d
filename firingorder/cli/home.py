"""``firingorder home``: a package for a person at home, and what comes back of it."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from firingorder.cli.common import say
from firingorder.cli.training import find_programme
from firingorder.errors import FiringOrderError, UsageError
from firingorder.recording.sealed import Key, Lock, new_key
from firingorder.session import preferences
from firingorder.session.archive import Archive
from firingorder.session.home import (
    NeedsAnswerError,
    current,
    make_return,
    open_package,
    pack,
    take,
    waiting,
)
from firingorder.session.office import Office
from firingorder.session.paths import data_folder
from firingorder.session.preferences import library_url

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from firingorder.session.addresses import Address
    from firingorder.session.home import Home


def run(args: argparse.Namespace) -> int:
    """Do what is asked with a package or a return."""
    if args.act == "key":
        return _key(args)
    archive = Archive.open(library_url(), who=preferences.load().preferences.therapist)
    try:
        while remark := archive.library.take_remark():
            say(remark)
        return _ACTS[args.act](args, archive)
    except NeedsAnswerError as error:
        raise UsageError(f"{error} If it is meant, give {_MEANT[args.act]}.") from error
    finally:
        archive.close()


def _pack(args: argparse.Namespace, archive: Archive) -> int:
    office = Office()
    pin = _ask("PIN of the Therapist hat: ") if office.preferences.pin else ""
    if refused := office.wear("therapist", pin):
        raise UsageError(refused)
    programme = find_programme(args.programme, office)
    lock = Lock(recipients=(args.recipient,)) if args.recipient else Lock(passphrase=_new_phrase())
    made = pack(
        archive,
        args.person,
        programme,
        Path(args.out),
        lock,
        photos=None if args.photos is None else Path(args.photos),
        exercises=office.exercises,
    )
    print(f"Package for {args.person}: {made.path}")
    print(f"Check number, to be told by another way than the file: {made.check}")
    for note in made.notes:
        say(note)
    return 0


def _open(args: argparse.Namespace, archive: Archive) -> int:
    home = open_here(args, archive)
    print(f"Opened: {home.name} for {home.person}.")
    for photo in home.photos:
        print(f"Where the pads go: {photo}")
    print("`firingorder live` begins with it.")
    return 0


def open_here(args: argparse.Namespace, archive: Archive) -> Home:
    """Open the package that was named and say what is to be known of it."""
    opened = open_package(
        Path(args.file),
        _key_of(args) or Key(passphrase=_ask("Passphrase: ")),
        archive.folder,
        check=args.check or "",
        archive=archive,
        another=args.another,
    )
    for note in opened.notes:
        say(note)
    return opened.home


def home_of(args: argparse.Namespace, address: Address | None) -> Home | None:
    """Open the package that `live` was given, else look which one is in force here.

    What somebody names (a person, a programme, the other hat, a simulated belt) goes before it.
    """
    if args.file is not None:
        if args.person is not None or args.programme is not None:
            raise UsageError("A home package says who trains and by what; name no other.")
        archive = Archive.open(library_url())
        try:
            args.key = args.check = None
            args.another = False
            found = open_here(args, archive)
        finally:
            archive.close()
    else:
        named = args.person is not None or args.programme is not None or args.hat == "therapist"
        simulated = address is not None and address.scheme in ("sim", "sim-ble")
        found = None if named or simulated else current(data_folder())
    if found is not None:
        args.person = found.person
    return found


def choose(office: Office, home: Home) -> None:
    """Let a session begin with the programme of a package, in the Person hat."""
    office.wear("person")
    try:
        office.chosen = office.programme_store.load(home.programme)
    except FiringOrderError as error:
        say(f"The programme of your therapist cannot be used: {error} Open the package again.")


def _return(args: argparse.Namespace, archive: Archive) -> int:
    lock = None
    if args.recipient:
        lock = Lock(recipients=(args.recipient,))
    elif args.passphrase:
        lock = Lock(passphrase=_new_phrase())
    made = make_return(archive, Path(args.out), lock=lock)
    noun = "recording" if made.sessions == 1 else "recordings"
    print(f"For your therapist: {made.path}, with {made.sessions} {noun}.")
    print(f"Done: {made.done.words()}.")
    for one in made.left_out:
        say(f"Not in it: {one}.")
    return 0


def _take(args: argparse.Namespace, archive: Archive) -> int:
    key = _key_of(args)
    if key is None and args.passphrase:
        key = Key(passphrase=_ask("Passphrase: "))
    path = Path(args.file)
    got = take(path, archive, key=key, person=args.person or "", anyway=args.anyway)
    if got.again:
        print(f"{path} was taken in before; nothing was done.")
        return 0
    print(f"{got.person}: {got.sessions} new sessions ({got.known} were here).")
    told = got.returned
    print(f"{_capital(told.pain)}.")
    print(f"Done: {told.done}.")
    for note in (*told.remarks, *got.notes):
        say(_capital(note))
    return 0


def _inbox(_args: argparse.Namespace, archive: Archive) -> int:
    found = waiting(archive.library.inbox())
    if not found:
        print("Nothing came back from home yet.")
    for one in found:
        came = datetime.fromtimestamp(one.row.came_utc_s, UTC).strftime("%Y-%m-%d %H:%M")
        pain = "" if one.returned is None else f"{one.returned.pain}; "
        unread = " " if one.row.read else "*"
        print(f"{unread} {came}  {one.row.person:<12} {pain}{one.row.adherence}")
    return 0


def _key(args: argparse.Namespace) -> int:
    """Make a key: the secret half into a file, the other half to be given away."""
    identity, recipient = new_key()
    path = Path(args.out)
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise UsageError(f"{path} exists already; choose another name.") from error
    try:
        path.write_text(f"# To be given away: {recipient}\n{identity}\n", encoding="utf-8")
        print(f"Secret key: {path}. Keep it; who has it opens what is sealed to you.")
        print(f"To be given to your therapist: {recipient}")
        sys.stdout.flush()
    except OSError:
        path.unlink()  # half a key, or one whose other half nobody was told
        raise
    return 0


def _key_of(args: argparse.Namespace) -> Key | None:
    if not args.key:
        return None
    path = Path(args.key)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The key {path} cannot be read.") from error
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(found) != 1:
        raise UsageError(f"{path} holds {len(found)} keys; one is needed.")
    return Key(identity=found[0])


def _ask(words: str) -> str:
    """Ask for a passphrase; in a pipe it is the first line."""
    said = getpass.getpass(words) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not said:
        raise UsageError("The passphrase is empty; nothing was done.")
    return said


def _new_phrase() -> str:
    said = _ask("Passphrase: ")
    if sys.stdin.isatty() and _ask("Once more: ") != said:
        raise UsageError("The two passphrases differ; nothing was done.")
    return said


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_MEANT = {"open": "--another", "take": "--anyway"}
_ACTS: dict[str, Callable[[argparse.Namespace, Archive], int]] = {
    "pack": _pack,
    "open": _open,
    "return": _return,
    "take": _take,
    "inbox": _inbox,
}
