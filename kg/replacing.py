"""Folders and files that take the place of others whole, or not at all, whatever happens in between.

A new folder is written beside the old one under a hidden name and swapped with it in one step, where the system can
(Linux), and by two renames elsewhere. What a killed process left is put right by the next one, and two processes never
write one folder: the second is told so.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from kg.errors import GraphError

if sys.platform != "win32":
    import fcntl

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2


@contextmanager
def replaced(
    target: Path, own_files: Callable[[Path], frozenset[str]], *, kept: Collection[str] = ()
) -> Iterator[Path]:
    """A new folder to write into; it takes the place of ``target`` when all went well, and vanishes otherwise.

    ``own_files`` gives the names of what kg wrote into a folder, or into one of its own folders in it; the rest is
    kept. Folders in the new one whose names are in ``kept`` do not vanish where something went wrong, nor where the
    process was killed: the next one that replaces ``target`` finds them in its new folder. Raises GraphError where
    ``target`` holds things but nothing of kg's, cannot be written, or is being replaced by another process.
    """
    real = Path(os.path.realpath(target))
    _put_right(real)
    _check_replaceable(target, real, own_files)
    created: list[Path] = []
    part = real.parent / f".{real.name}.part"
    done = False
    with ExitStack() as held:
        with _named_errors(target, real.parent):
            _make_folders(real.parent, created)
            held.enter_context(_claimed(part, target))
        try:
            _clear(part, kept)
            yield part
            with _named_errors(target, real.parent):
                _keep_other_files(real, part, own_files)
                if real.exists():
                    # after the swap it lies where the new one was written, and nobody may write there until it is gone
                    held.enter_context(_held(real))
                _put_in_place(part, real)
            done = True
        finally:
            if done:
                shutil.rmtree(part, ignore_errors=True)
            else:
                _clear(part, kept)
                with suppress(OSError):
                    for folder in (part, *reversed(created)):
                        folder.rmdir()


@contextmanager
def file_replaced(path: Path) -> Iterator[Path]:
    """A new file to write, which takes the place of ``path`` when all went well, and vanishes otherwise.

    What is no ordinary file (a pipe, a terminal) is written to directly. The suffix is kept, because some writers
    choose their format, or compression, by it. Raises OSError where ``path`` cannot be written.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        yield path
        return
    target = Path(os.path.realpath(path))
    part = target.with_name(f".{os.getpid()}.part.{target.name}")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _check_replaceable(target: Path, real: Path, own_files: Callable[[Path], frozenset[str]]) -> None:
    with _named_errors(target, real.parent):
        if real.is_dir():
            if real == Path.cwd():
                raise GraphError(
                    f"{target} is the folder you are in, and would be replaced whole; name it from outside"
                )
            if any(real.iterdir()) and not own_files(real):
                raise GraphError(f"{target} holds other things than a graph of kg; name another folder with -o")
        elif real.exists():
            raise GraphError(f"{target} is a file; name a folder with -o")


def _make_folders(folder: Path, created: list[Path]) -> None:
    if not folder.is_dir():
        _make_folders(folder.parent, created)
        folder.mkdir(exist_ok=True)
        created.append(folder)


def _keep_other_files(real: Path, part: Path, own_files: Callable[[Path], frozenset[str]]) -> None:
    if not real.is_dir():
        return
    shutil.copymode(real, part)
    _copy_others(real, part, own_files)


def _copy_others(old: Path, new: Path, own_files: Callable[[Path], frozenset[str]]) -> None:
    ours = own_files(old)
    for path in sorted(old.iterdir()):
        is_folder = path.is_dir() and not path.is_symlink()
        if path.name in ours:
            if is_folder:
                _copy_others(path, new / path.name, own_files)
        elif not (new / path.name).exists():
            new.mkdir(exist_ok=True)
            if is_folder:
                shutil.copytree(path, new / path.name, symlinks=True)
            else:
                shutil.copy2(path, new / path.name, follow_symlinks=False)


def _put_in_place(part: Path, real: Path) -> None:
    if not real.exists():
        part.rename(real)
    elif not _swapped(part, real):
        old = real.parent / f".{real.name}.old"
        real.rename(old)
        try:
            part.rename(real)
        except BaseException:
            old.rename(real)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _swapped(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system or the file system has no such step."""
    if sys.platform != "linux":
        return False
    swap = getattr(ctypes.CDLL(None), "renameat2", None)
    if swap is None:
        return False
    done: int = swap(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0


def _put_right(real: Path) -> None:
    """Undo what a process left that was killed half-way between two renames."""
    with suppress(OSError):
        old = real.parent / f".{real.name}.old"
        if old.is_dir() and not real.exists():
            old.rename(real)


@contextmanager
def _claimed(part: Path, target: Path) -> Iterator[None]:
    """Make a folder, or take over what a killed process left of it, and hold it; GraphError where one is at work."""
    while True:
        part.mkdir(exist_ok=True)
        with ExitStack() as held:
            try:
                descriptor = held.enter_context(_held(part))
            except BlockingIOError as error:
                raise GraphError(
                    f"another kg is writing {target}; wait until it is done, or name another folder"
                ) from error
            except FileNotFoundError:
                continue
            # what was held may have been removed, or put in place, before it was
            if descriptor is None or _is_at(part, descriptor):
                yield
                return


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether an open folder is the one at a path."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _clear(folder: Path, kept: Collection[str]) -> None:
    """Remove what is in a folder, but not the folders that are kept."""
    for path in list(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def _held(folder: Path) -> Iterator[int | None]:
    """Hold a folder, open, while it is written, so that no other process takes it for one that was left behind.

    None where the system has no such thing. Raises BlockingIOError where another process holds it, FileNotFoundError
    where it is gone. The system lets go of it when a process ends, however.
    """
    if sys.platform == "win32":
        yield None
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            pass  # a file system without locks
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _named_errors(target: Path, parent: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise GraphError(f"cannot write {target}: no permission to write in {parent}; name another -o") from error
    except OSError as error:
        raise GraphError(f"cannot write {target}: {error.strerror or error}; name another -o") from error
