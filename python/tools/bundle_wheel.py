"""Makes a wheel complete: the shared libraries that it needs go into it, under names of their own.

    bundle_wheel.py WHEEL FOLDER

A program may have other versions of these libraries in the same process: those of the distribution's protobuf module, for
example. So each library in the wheel gets a name with a part of its hash, and the files that need it are changed to that name. Libraries
that every Linux has stay outside: those that PEP 600 names. The wheel's tag names the oldest glibc that it runs with.

Needs patchelf. Prints the path of the new wheel.
"""

import argparse
import base64
import csv
import hashlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

# PEP 600, and the policies of the manylinux project that follow it.
SYSTEM_LIBRARIES = frozenset({
    "ld-linux-aarch64.so.1", "ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6",
    "libpthread.so.0", "libresolv.so.2", "librt.so.1", "libstdc++.so.6", "libutil.so.1", "libz.so.1",
})
# The newest symbols of libstdc++, GLIBCXX_3.4.N, and the glibc of the systems that came with it: CentOS 7, Debian 9, Debian 10,
# Debian 11, CentOS Stream 9, Ubuntu 22.04, Ubuntu 24.04.
LIBSTDCXX_OF_SYSTEMS = ((19, (2, 17)), (22, (2, 24)), (25, (2, 28)), (28, (2, 31)), (29, (2, 34)), (30, (2, 35)), (33, (2, 39)))
HASH_LENGTH = 8
# A fixed time for each file, so that the same files make the same wheel. The earliest that a zip file can hold.
FILE_TIME = (1980, 1, 1, 0, 0, 0)


def run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def is_elf(path: pathlib.Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def needed(path: pathlib.Path) -> "list[str]":
    return run("patchelf", "--print-needed", str(path)).split()


def resolved(path: pathlib.Path) -> "dict[str, pathlib.Path]":
    """Where the loader finds the libraries that `path` needs, and those that these need."""
    found = {}
    for line in run("ldd", str(path)).splitlines():
        match = re.match(r"\s*(\S+) => (/\S+)", line)
        if match:
            found[match.group(1)] = pathlib.Path(match.group(2))
        elif "not found" in line:
            raise SystemExit(f"bundle_wheel: {path.name} needs {line.split()[0]}, which is not installed")
    return found


def oldest_glibc(paths: "list[pathlib.Path]") -> "tuple[int, int]":
    """The oldest glibc that the files run with: that of their symbols, and that of systems whose libstdc++ has their symbols."""
    oldest = (2, 17)
    for path in paths:
        symbols = run("objdump", "-T", str(path))
        for major, minor in re.findall(r"\bGLIBC_(\d+)\.(\d+)\b", symbols):
            oldest = max(oldest, (int(major), int(minor)))
        for version in re.findall(r"\bGLIBCXX_3\.4\.(\d+)\b", symbols):
            for newest_of_system, glibc in LIBSTDCXX_OF_SYSTEMS:
                if int(version) <= newest_of_system:
                    oldest = max(oldest, glibc)
                    break
            else:
                raise SystemExit(f"bundle_wheel: {path.name} needs GLIBCXX_3.4.{version}, which is newer than all systems known here")
    return oldest


def bundle(tree: pathlib.Path, folder: pathlib.Path) -> "list[pathlib.Path]":
    """Copies the libraries that the files in `tree` need into `folder`. Returns all files of machine code."""
    own = [path for path in sorted(tree.rglob("*")) if path.is_file() and is_elf(path)]
    names_of_own = {path.name for path in own}
    sources: "dict[str, pathlib.Path]" = {}
    for path in own:
        for name, source in resolved(path).items():
            if name not in SYSTEM_LIBRARIES and name not in names_of_own:
                sources.setdefault(name, source)
    folder.mkdir()
    new_names = {}
    for name, source in sorted(sources.items()):
        digest = hashlib.sha256(source.read_bytes()).hexdigest()[:HASH_LENGTH]
        stem, _, rest = name.partition(".so")
        new_names[name] = f"{stem}-{digest}.so{rest}"
        shutil.copyfile(source, folder / new_names[name])
    bundled = [folder / name for name in sorted(new_names.values())]
    for path in bundled + own:
        # One change a call: older versions of patchelf mix the values of several up.
        for name in needed(path):
            if name in new_names:
                run("patchelf", "--replace-needed", name, new_names[name], str(path))
        if path in bundled:
            run("patchelf", "--set-soname", path.name, str(path))
        where = os.path.relpath(folder, path.parent)
        paths = ["$ORIGIN"] if path in bundled else ["$ORIGIN", f"$ORIGIN/{where}"]
        run("patchelf", "--force-rpath", "--set-rpath", ":".join(paths), str(path))
        os.chmod(path, 0o755)
    return bundled + own


def set_tag(info: pathlib.Path, tag: str) -> None:
    """Names the platform in the wheel's metadata."""
    file = info / "WHEEL"
    text = re.sub(r"(?m)^Tag: .*\n", "", file.read_text(encoding="utf-8"))
    file.write_text(text.rstrip("\n") + f"\nTag: {tag}\n", encoding="utf-8")


def write_record(tree: pathlib.Path, info: pathlib.Path) -> None:
    """Lists all files with their hashes, as the format of wheels has it."""
    record = io.StringIO()
    writer = csv.writer(record, lineterminator="\n")
    for path in sorted(path for path in tree.rglob("*") if path.is_file() and path.name != "RECORD"):
        content = path.read_bytes()
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        writer.writerow([path.relative_to(tree).as_posix(), f"sha256={digest}", len(content)])
    writer.writerow([(info / "RECORD").relative_to(tree).as_posix(), "", ""])
    (info / "RECORD").write_text(record.getvalue(), encoding="utf-8")


def pack(tree: pathlib.Path, wheel: pathlib.Path) -> None:
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        # The metadata comes last, as the format recommends.
        files = sorted((path for path in tree.rglob("*") if path.is_file()),
                       key=lambda path: (".dist-info" in path.parent.name, path))
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(tree).as_posix(), FILE_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if path.stat().st_mode & 0o100 else 0o100644) << 16
            archive.writestr(entry, path.read_bytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    name, version, *_, python, abi, platform = arguments.wheel.stem.split("-")
    architecture = platform.partition("_")[2]
    with tempfile.TemporaryDirectory() as scratch:
        tree = pathlib.Path(scratch) / "tree"
        with zipfile.ZipFile(arguments.wheel) as archive:
            archive.extractall(tree)
        code = bundle(tree, tree / f"{name}.libs")
        major, minor = oldest_glibc(code)
        tag = f"{python}-{abi}-manylinux_{major}_{minor}_{architecture}"
        info = tree / f"{name}-{version}.dist-info"
        set_tag(info, tag)
        write_record(tree, info)
        arguments.folder.mkdir(parents=True, exist_ok=True)
        wheel = arguments.folder / f"{name}-{version}-{tag}.whl"
        pack(tree, wheel)
    print(wheel)


if __name__ == "__main__":
    sys.exit(main())
