#!/usr/bin/env bash
# Takes frontdesk as a stranger does, in one of its forms, and runs what was built.
#
#   consume.sh FORM BUILD_DIR SOURCE_DIR CXX
#
#   find_package      install BUILD_DIR, and a CMake project that finds the package; then the program of docs/embedding.md,
#                     by the files and the command that stand there; a wrong component; the docs and policies installed; a copy
#                     of examples/crm
#   pkg_config        install BUILD_DIR, and one compiler call with pkg-config; then that of docs/embedding.md
#   plugins           install BUILD_DIR, and two plug-ins in one process
#   headers           install BUILD_DIR, and every public header alone as C++17, with CXX and with clang if it is there
#   cel_alone         install BUILD_DIR, and a project that links frontdesk::cel and nothing else of it
#   sqlite_alone      install BUILD_DIR, and a project that links frontdesk::sqlite alone; then by pkg-config
#   postgres_alone    the same with frontdesk::postgres, against a scratch server where PostgreSQL is installed
#   cel_subdirectory  that of cel_alone with the sources as a subdirectory, of which only that room is built
#   add_subdirectory  a CMake project with the sources as a subdirectory
#   static            build and install all static; then as find_package and pkg_config
#   shared            build and install all shared; then as find_package, pkg_config and plugins
#   static_in_shared  static words in shared rooms, which has to be turned down
#   pip               `pip install .` without a network, into an environment of its own, and the package's tests there
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
  local project=$1 into="$work/${1##*/}"
  shift
  cmake -S "$project" -B "$into" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$cxx" "${launcher[@]}" "$@"
  cmake --build "$into" -j "$jobs"
  "$into/consumer"
}
# The docs and the example policies lie in the installation.
check_installed_texts() {
  diff -r --exclude=LICENSE "$source/docs" "$prefix/share/doc/frontdesk"
  diff -r "$source/examples/policies" "$prefix/share/frontdesk/policies"
}
# A component that there is not is answered with those that there are.
ask_for_a_wrong_component() {
  local into="$work/wrong_component" room
  mkdir -p "$into"
  printf '%s\n' 'cmake_minimum_required(VERSION 3.25)' 'project(wrong LANGUAGES CXX)' \
    'find_package(frontdesk REQUIRED COMPONENTS cel desks)' >"$into/CMakeLists.txt"
  if cmake -S "$into" -B "$into/build" -G Ninja -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$prefix" \
    >"$into/configure.log" 2>&1; then
    echo 'consume.sh: a wrong component was found' >&2
    exit 1
  fi
  # CMake breaks the lines of its messages.
  tr -s ' \n' ' ' <"$into/configure.log" >"$into/one_line.log"
  for room in $(find "$prefix" -name 'frontdesk-*.pc' | sed 's|.*/frontdesk-||; s|\.pc$||') desk; do
    grep -qE "frontdesk has no component desks\. Its components are ([a-z_]+, )*$room[,.]" "$into/one_line.log" || {
      cat "$into/configure.log" >&2
      echo "consume.sh: the message about a wrong component does not list $room" >&2
      exit 1
    }
  done
}
# One block of docs/embedding.md: LANGUAGE NUMBER FILE.
from_docs() { /usr/bin/python3 "$source/tests/docs/extract.py" block "$source/docs/embedding.md" "$@"; }
build_program_of_docs() {
  local into="$work/first"
  mkdir -p "$into"
  from_docs cmake 0 "$into/CMakeLists.txt"
  from_docs cpp 0 "$into/first.cc"
  from_docs text 0 "$into/expected.txt"
  from_docs sh 0 "$into/build.sh"
  sed -i "s|/opt/frontdesk|$prefix|" "$into/build.sh"
  (cd "$into" && CXX="$cxx" sh -e build.sh >output.txt && cat output.txt && tail -n 1 output.txt | cmp - expected.txt)
}
compile_program_of_docs() {
  local into="$work/shop"
  mkdir -p "$into"
  from_docs cpp 0 "$into/shop.cc"
  from_docs text 0 "$into/expected.txt"
  from_docs sh 2 "$into/build.sh"
  (cd "$into" && sh -e build.sh && LD_LIBRARY_PATH="$(dirname "$PKG_CONFIG_PATH")" ./a.out | cmp - expected.txt)
}
# The example that strangers copy, with its policy, as a project of its own.
build_copied_example() {
  if [ -z "$(find "$prefix" -name 'libfrontdesk_sqlite.*')" ]; then return; fi
  local into="$work/copied"
  mkdir -p "$into"
  cp -r "$source/examples/crm" "$prefix/share/frontdesk/policies" "$into"
  cmake -S "$into/crm" -B "$into/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$cxx" "${launcher[@]}" \
    -DCMAKE_PREFIX_PATH="$prefix"
  cmake --build "$into/build" -j "$jobs"
  "$into/build/crm" | cmp - "$source/tests/examples/crm.txt"
}
# As the package's own build does it, with protoc and the plug-in called by hand.
compile_with_pkg_config() {
  local libraries made="$work/made"
  libraries=$(dirname "$(find "$prefix" -name 'libfrontdesk_proto.*' | head -n 1)")
  export PKG_CONFIG_PATH="$libraries/pkgconfig"
  mkdir -p "$made"
  local includes
  includes=$(pkg-config --variable=includedir frontdesk)
  protoc -I "$here/consumer/protos" -I "$includes" "--cpp_out=$made" \
    "--plugin=protoc-gen-frontdesk-accessors=$prefix/bin/protoc-gen-frontdesk-accessors" \
    "--frontdesk-accessors_out=$made" "--frontdesk-accessors_opt=header=shop/accessors.h,function=shop::Accessors" \
    "$here/consumer/protos/shop/parcel.proto"
  # shellcheck disable=SC2046,SC2086  # the flags are words
  "$cxx" -std=c++17 -I "$made" "$here"/consumer/*.cc $(find "$made" -name '*.cc') -o "$work/consumer_by_pkg_config" \
    $(pkg-config --cflags --libs "$@" frontdesk) -Wl,-rpath,"$libraries"
  "$work/consumer_by_pkg_config"
}
# The host of one store by pkg-config: STORE.
compile_store_with_pkg_config() {
  local store=$1 libraries
  libraries=$(dirname "$(find "$prefix" -name "libfrontdesk_$store.*" | head -n 1)")
  # shellcheck disable=SC2046  # the flags are words
  PKG_CONFIG_PATH="$libraries/pkgconfig" "$cxx" -std=c++17 "$here/${store}_alone/main.cc" -o "$work/${store}_by_pkg_config" \
    $(PKG_CONFIG_PATH="$libraries/pkgconfig" pkg-config --cflags --libs "frontdesk-$store") -Wl,-rpath,"$libraries"
  (cd "$work" && "$work/${store}_by_pkg_config")
}
# The host of one store has nothing else of frontdesk: STORE.
check_store_alone() {
  if ldd "$work/$1_alone/consumer" | grep -F libfrontdesk | grep -vE "libfrontdesk_($1|store)" ||
    strings "$work/$1_alone/consumer" | grep -qF 'frontdesk.v1.'; then
    echo "consume.sh: the host of frontdesk::$1 has more of frontdesk than its store" >&2
    exit 1
  fi
}
# A build has the store in a file where SQLite was found.
consume_sqlite() {
  if [ -z "$(find "$prefix" -name 'libfrontdesk_sqlite.*')" ]; then return; fi
  (cd "$work" && build_project "$here/sqlite_alone" -DCMAKE_PREFIX_PATH="$prefix")
  check_store_alone sqlite
  compile_store_with_pkg_config sqlite
}
# That in a database where libpq was found. Its host runs without a server, and with one where PostgreSQL is installed.
consume_postgres() {
  if [ -z "$(find "$prefix" -name 'libfrontdesk_postgres.*')" ]; then return; fi
  build_project "$here/postgres_alone" -DCMAKE_PREFIX_PATH="$prefix"
  check_store_alone postgres
  if ldd "$work/postgres_alone/consumer" | grep -F libsqlite3; then
    echo 'consume.sh: the host of frontdesk::postgres has SQLite' >&2
    exit 1
  fi
  compile_store_with_pkg_config postgres
  # 3: there is no PostgreSQL.
  local code=0
  /usr/bin/python3 -B "$source/tests/store/scratch_postgres.py" -- "$work/postgres_alone/consumer" || code=$?
  if [ "$code" != 0 ] && [ "$code" != 3 ]; then exit "$code"; fi
}
compile_headers() {
  local compiler header compilers=("$cxx")
  if command -v clang++ >/dev/null; then compilers+=(clang++); fi
  cat >"$work/one.sh" <<'ONE'
#!/bin/sh
# COMPILER INCLUDES HEADER; twice, for the guards.
printf '#include "%s"\n#include "%s"\n' "$3" "$3" |
  "$1" -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I "$2/ours" -isystem "$2/others" -x c++ -
ONE
  chmod +x "$work/one.sh"
  # Generated headers are protobuf's, and no warning in them is ours.
  mkdir -p "$work/ours" "$work/others"
  cp -r "$prefix/include/." "$work/others"
  cp -r "$source/include/." "$work/ours"
  for compiler in "${compilers[@]}"; do
    (cd "$source/include" && find . -name '*.h') | sed 's|^\./||' | sort >"$work/headers.txt"
    [ -s "$work/headers.txt" ]
    while IFS= read -r header; do test -f "$prefix/include/$header"; done <"$work/headers.txt"
    xargs -P "$jobs" -n 1 "$work/one.sh" "$compiler" "$work" <"$work/headers.txt"
    echo "consumed $(wc -l <"$work/headers.txt") headers with $compiler"
  done
}
build_variant() {
  cmake -S "$source" -B "$work/frontdesk" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE='-O2 -DNDEBUG' \
    -DCMAKE_CXX_COMPILER="$cxx" "${launcher[@]}" -DFRONTDESK_BUILD_TESTS=OFF -DFRONTDESK_BUILD_EXAMPLES=OFF \
    -DFRONTDESK_BUILD_BENCHMARKS=OFF -DFRONTDESK_PRECOMPILE_HEADERS=ON "$@"
  cmake --build "$work/frontdesk" -j "$jobs"
  build="$work/frontdesk"
  install_build
  build_project "$here/consumer" -DCMAKE_PREFIX_PATH="$prefix"
}

case "$form" in
  find_package)
    install_build
    check_installed_texts
    ask_for_a_wrong_component
    build_project "$here/consumer" -DCMAKE_PREFIX_PATH="$prefix"
    build_program_of_docs
    build_copied_example
    ;;
  plugins)
    install_build
    build_project "$here/plugins" -DCMAKE_PREFIX_PATH="$prefix"
    ;;
  pkg_config)
    install_build
    compile_with_pkg_config
    compile_program_of_docs
    ;;
  headers)
    install_build
    compile_headers
    ;;
  cel_alone)
    install_build
    build_project "$here/cel_alone" -DCMAKE_PREFIX_PATH="$prefix"
    "$work/cel_alone/consumer_with_accessors"
    # Nothing of the house but the language: no library of it, no message.
    for program in consumer consumer_with_accessors; do
      if ldd "$work/cel_alone/$program" | grep -F libfrontdesk | grep -v libfrontdesk_cel ||
        strings "$work/cel_alone/$program" | grep -qF 'frontdesk.v1.'; then
        echo "consume.sh: $program holds more of frontdesk than the language" >&2
        exit 1
      fi
    done
    ;;
  sqlite_alone)
    install_build
    [ -n "$(find "$prefix" -name 'libfrontdesk_sqlite.*')" ]
    consume_sqlite
    ;;
  postgres_alone)
    install_build
    [ -n "$(find "$prefix" -name 'libfrontdesk_postgres.*')" ]
    consume_postgres
    ;;
  cel_subdirectory) build_project "$here/cel_alone" -DFRONTDESK_SOURCE_DIR="$source" ;;
  add_subdirectory) build_project "$here/consumer" -DFRONTDESK_SOURCE_DIR="$source" ;;
  static)
    build_variant -DFRONTDESK_PROTO_LIBRARY_TYPE=STATIC -DBUILD_SHARED_LIBS=OFF
    if find "$prefix" -name 'libfrontdesk*.so*' | grep .; then exit 1; fi
    compile_with_pkg_config
    consume_sqlite
    consume_postgres
    ;;
  shared)
    build_variant -DBUILD_SHARED_LIBS=ON
    if find "$prefix" -name 'libfrontdesk*.a' | grep .; then exit 1; fi
    compile_with_pkg_config
    consume_sqlite
    consume_postgres
    build_project "$here/plugins" -DCMAKE_PREFIX_PATH="$prefix"
    ;;
  static_in_shared)
    if cmake -S "$source" -B "$work/frontdesk" -DBUILD_SHARED_LIBS=ON -DFRONTDESK_PROTO_LIBRARY_TYPE=STATIC \
      >"$work/configure.log" 2>&1; then
      echo 'consume.sh: a copy of the generated code in every room was not turned down' >&2
      exit 1
    fi
    grep FRONTDESK_PROTO_LIBRARY_TYPE "$work/configure.log"
    ;;
  pip)
    /usr/bin/python3 -m venv --system-site-packages "$work/venv"
    (cd "$source" && "$work/venv/bin/python" -m pip install --quiet --no-index --no-deps --no-build-isolation \
      --disable-pip-version-check .)
    (cd "$work" && env -u PYTHONPATH "$work/venv/bin/python" -c \
      'import frontdesk, sys; assert frontdesk.__file__.startswith(sys.prefix), frontdesk.__file__; print("consumed")')
    (cd "$work" && env -u PYTHONPATH FRONTDESK_SOURCE_DIR="$source" "$work/venv/bin/python" -B -m pytest \
      -c "$source/pyproject.toml" --rootdir "$source" "$source/python/tests")
    ;;
  *)
    echo "consume.sh: unknown form $form" >&2
    exit 2
    ;;
esac
