"""Builds the frontdesk package: CMake makes and installs everything below `frontdesk/`, setuptools packs it.

    pip install --no-build-isolation .

Environment variables: FRONTDESK_BUILD_DIR names a CMake build folder to use, so that its finished parts are not built again.
FRONTDESK_CMAKE_ARGS adds arguments for CMake, for example `-DCMAKE_CXX_COMPILER_LAUNCHER=ccache`.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import setuptools
from setuptools.command.build_ext import build_ext

ROOT = pathlib.Path(__file__).resolve().parent
# Where setuptools may leave what it needs on the way; nothing else is written into the source tree.
BUILD_BASE = ROOT / "build" / "python"


def project_version() -> str:
    """The version. Only CMakeLists.txt holds it."""
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    match = re.search(r"project\(frontdesk VERSION ([0-9.]+)", text)
    if match is None:
        raise SystemExit("CMakeLists.txt names no project version")
    return match.group(1)


class CMakeBuild(build_ext):
    """Has CMake build the extension, generate the message classes and install both beside our modules."""

    def run(self) -> None:
        # An editable install would look for the package in the source tree, where generated files have no place.
        if getattr(self, "editable_mode", False):
            raise SystemExit(
                "frontdesk cannot be installed as editable: build with CMake (-DFRONTDESK_BUILD_PYTHON=ON) and put "
                "<build>/python on PYTHONPATH instead"
            )
        destination = pathlib.Path(self.build_lib).resolve()
        shutil.rmtree(destination / "frontdesk", ignore_errors=True)
        given = os.environ.get("FRONTDESK_BUILD_DIR")
        build = pathlib.Path(given or self.build_temp).resolve()
        if not given or not (build / "CMakeCache.txt").exists():
            self.configure(build)
        jobs = str(self.parallel or os.cpu_count() or 1)
        subprocess.run(["cmake", "--build", str(build), "--target", "frontdesk_python", "-j", jobs], check=True)
        subprocess.run(
            ["cmake", "--install", str(build), "--component", "frontdesk_python", "--prefix", str(destination)],
            check=True,
        )

    def configure(self, build: pathlib.Path) -> None:
        """Configures a build of the parts that the package needs and nothing else."""
        build.mkdir(parents=True, exist_ok=True)
        command = ["cmake", "-S", str(ROOT), "-B", str(build)]
        if shutil.which("ninja") and not (build / "CMakeCache.txt").exists():
            command += ["-G", "Ninja"]
        command += [
            "-DCMAKE_BUILD_TYPE=Release",
            "-DBUILD_SHARED_LIBS=OFF",
            "-DFRONTDESK_BUILD_PYTHON=ON",
            "-DFRONTDESK_BUILD_TESTS=OFF",
            "-DFRONTDESK_BUILD_EXAMPLES=OFF",
            "-DFRONTDESK_BUILD_BENCHMARKS=OFF",
            "-DFRONTDESK_WARNINGS_AS_ERRORS=OFF",
            f"-DPython_EXECUTABLE={sys.executable}",
        ]
        command += shlex.split(os.environ.get("FRONTDESK_CMAKE_ARGS", ""))
        subprocess.run(command, check=True)

    def get_outputs(self) -> "list[str]":
        package = pathlib.Path(self.build_lib) / "frontdesk"
        return sorted(str(path) for path in package.rglob("*") if path.is_file())


BUILD_BASE.mkdir(parents=True, exist_ok=True)
setuptools.setup(
    version=project_version(),
    # Everything is put in place by CMake: see python/CMakeLists.txt.
    packages=[],
    ext_modules=[setuptools.Extension("frontdesk._core", sources=[])],
    cmdclass={"build_ext": CMakeBuild},
    options={
        "build": {"build_base": str(BUILD_BASE)},
        "egg_info": {"egg_base": str(BUILD_BASE.relative_to(ROOT))},
    },
    zip_safe=False,
)
