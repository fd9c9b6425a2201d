"""Why this user may not open a port, and what to do: the group that really owns it."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from firingorder.firmware_bridge.links.latency import RULES_FILE

_GROUP_MAY = stat.S_IRGRP | stat.S_IWGRP


@dataclass(frozen=True, slots=True)
class PortOwner:
    """Who owns a port, and how this user stands to that group.

    ``is_member``: entered in the group. ``is_active``: this session has the group's rights, which
    it only has when the user was entered before logging in.
    """

    group: str
    group_may: bool
    is_member: bool
    is_active: bool


def may_open(device: str) -> bool:
    """Whether this user may read and write a port; Windows decides only when it is opened."""
    return sys.platform == "win32" or os.access(device, os.R_OK | os.W_OK)


def owner_of(device: str) -> PortOwner | None:
    """Return who owns a port, None where the system does not say (Windows, a port that is gone)."""
    if sys.platform == "win32":
        return None
    import grp
    import pwd

    try:
        status = Path(device).stat()
    except OSError:
        return None
    try:
        group = grp.getgrgid(status.st_gid)
        name, members = group.gr_name, group.gr_mem
    except KeyError:
        name, members = str(status.st_gid), []
    try:
        user = pwd.getpwuid(os.geteuid())
        is_member = user.pw_name in members or user.pw_gid == status.st_gid
    except KeyError:
        is_member = False
    return PortOwner(
        group=name,
        group_may=status.st_mode & _GROUP_MAY == _GROUP_MAY,
        is_member=is_member,
        is_active=status.st_gid in (*os.getgroups(), os.getegid()),
    )


def access_advice(owner: PortOwner | None) -> str:
    """Return what to do about a port that this user may not open."""
    if owner is None:
        return "Close other programs that use it, and check your rights."
    if not owner.group_may or owner.group == "root":
        # Nobody should join root's group for the sake of a belt.
        return (
            f"Its group {owner.group} is not meant for users. Put this line into {RULES_FILE} and"
            ' plug the device in again: SUBSYSTEM=="tty", ENV{ID_BUS}=="usb", TAG+="uaccess"'
        )
    if owner.is_active:
        return (
            f"You are in its group {owner.group}, so something else forbids it: a container or a"
            " sandbox that was not given the device."
        )
    if owner.is_member:
        return (
            f"You are in its group {owner.group}, but were not yet when you logged in: log out and"
            " in again."
        )
    return f"Add yourself to its group: {join_command(owner.group)}, then log out and in again."


def join_command(group: str) -> str:
    """Return the command that enters this user in a group."""
    return f"sudo usermod -aG {group} {os.environ.get('USER') or '$USER'}"
