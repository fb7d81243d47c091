#!/usr/bin/env bash
# Takes frontdesk as a stranger does, in one of its forms, and runs what was built.
#
#   consume.sh FORM BUILD_DIR SOURCE_DIR CXX
#
#   find_package      install BUILD_DIR, and a CMake project that finds the package
#   pkg_config        install BUILD_DIR, and one compiler call with pkg-config
#   plugins           install BUILD_DIR, and two plug-ins in one process
#   add_subdirectory  a CMake project with the sources as a subdirectory
#   static, shared    build and install all static, or all shared; then as find_package
#   pip               `pip install .` without a network, into an environment of its own
set -euo pipefail

form=$1 build=$2 source=$3 cxx=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work="$build/package/$form"
jobs=$(nproc)
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
rm -rf "$work"
mkdir -p "$work"

# Installs into a folder of its own; what is installed may not lead back to where it was built.
install_build() {
  prefix=$(mktemp -d)
  trap 'rm -rf "$prefix"' EXIT
  cmake --install "$build" --prefix "$prefix" >"$work/install.log"
  if grep -rlE --include='*.cmake' --include='*.pc' --include='*.h' -e "$source|$build" "$prefix"; then
    echo "consume.sh: the installed files above name the source or build folder" >&2
    exit 1
  fi
}
build_project() {
  local project=$1
  shift
  cmake -S "$project" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$cxx" "${launcher[@]}" "$@"
  cmake --build "$work/build" -j "$jobs"
  "$work/build/consumer"
}
build_variant() {
  cmake -S "$source" -B "$work/frontdesk" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE='-O2 -DNDEBUG' \
    -DCMAKE_CXX_COMPILER="$cxx" "${launcher[@]}" -DFRONTDESK_BUILD_TESTS=OFF -DFRONTDESK_BUILD_EXAMPLES=OFF \
    -DFRONTDESK_BUILD_BENCHMARKS=OFF "$@"
  cmake --build "$work/frontdesk" -j "$jobs"
  build="$work/frontdesk"
  install_build
  build_project "$here/consumer" -DCMAKE_PREFIX_PATH="$prefix"
}

case "$form" in
  find_package)
    install_build
    build_project "$here/consumer" -DCMAKE_PREFIX_PATH="$prefix"
    ;;
  plugins)
    install_build
    build_project "$here/plugins" -DCMAKE_PREFIX_PATH="$prefix"
    ;;
  pkg_config)
    install_build
    libraries=$(dirname "$(find "$prefix" -name 'libfrontdesk_proto.*' | head -n 1)")
    export PKG_CONFIG_PATH="$libraries/pkgconfig"
    cp "$here/consumer/main.cc" "$work/main.cc"
    echo 'bool ReadsOwnMessages() { return true; }' >>"$work/main.cc"
    # shellcheck disable=SC2046  # the flags are words
    "$cxx" -std=c++17 "$work/main.cc" -o "$work/consumer" $(pkg-config --cflags --libs frontdesk) -Wl,-rpath,"$libraries"
    "$work/consumer"
    ;;
  add_subdirectory) build_project "$here/consumer" -DFRONTDESK_SOURCE_DIR="$source" ;;
  static) build_variant -DFRONTDESK_PROTO_LIBRARY_TYPE=STATIC ;;
  shared) build_variant -DBUILD_SHARED_LIBS=ON ;;
  pip)
    /usr/bin/python3 -m venv --system-site-packages "$work/venv"
    (cd "$source" && "$work/venv/bin/python" -m pip install --quiet --no-index --no-deps --no-build-isolation \
      --disable-pip-version-check .)
    (cd "$work" && "$work/venv/bin/python" -c 'import frontdesk; print("consumed", frontdesk.__file__)')
    ;;
  *)
    echo "consume.sh: unknown form $form" >&2
    exit 2
    ;;
esac
