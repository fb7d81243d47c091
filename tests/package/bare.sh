#!/usr/bin/env bash
# Installs a package into a Debian without a compiler, as a stranger does, and uses it there.
#
#   bare.sh wheel WHEEL WORK_DIR SOURCE_DIR   beside python3, python3-pip and python3-protobuf, without an index
#   bare.sh deb DEB WORK_DIR SOURCE_DIR       with the packages that it depends on; then a program is built and linked
#
# Needs root, debootstrap and the packages of the distribution. The tree is made once in WORK_DIR. Prints seconds and sizes.
set -euo pipefail

form=$1 package=$(realpath "$2") work=$3 source=$4
name=$(basename "$package")
mkdir -p "$work"
work=$(realpath "$work")
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
# Where apt has the main packages of this release from.
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  awk -v suite="$suite" '$2 == suite && $3 == "main" { print $1; exit }')

case "$form" in
  wheel) extra=python3,python3-pip,python3-protobuf ;;
  deb) extra=ca-certificates ;;
  *) echo "bare.sh: unknown form $form" >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || { echo 'bare.sh: become root: a bare tree is entered by chroot' >&2; exit 1; }

base="$work/$form-base" tree="$work/$form-tree"
if [ ! -f "$base.made" ]; then
  rm -rf "$base"
  echo "making a bare $suite in $(basename "$base")"
  debootstrap --variant=minbase --include="$extra" "$suite" "$base" "$mirror" >"$work/$form-debootstrap.log" 2>&1 ||
    { tail -n 20 "$work/$form-debootstrap.log" >&2; exit 1; }
  touch "$base.made"
fi
if mountpoint -q "$tree/proc"; then umount "$tree/proc"; fi
rm -rf "$tree"
cp -a --reflink=auto "$base" "$tree"
mkdir "$tree/given"
mount -t proc proc "$tree/proc"
trap 'umount "$tree/proc"' EXIT
cp "$package" "$tree/given"
seconds() { awk -v from="$1" -v to="$2" 'BEGIN { printf "%.1f", to - from }'; }
size() { du -sm --apparent-size "$@" | awk '{ sum += $1 } END { print sum " MB" }'; }
within() { chroot "$tree" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
# use_tool POLICIES: the tool makes a file with an installed example policy, and shows what is in it.
use_tool() {
  local policy
  for policy in "$tree/$1"/*.textproto; do
    within frontdesk init "/given/$(basename "$policy").db" --policy "$1/$(basename "$policy")"
  done
  within frontdesk show /given/retail.textproto.db desk/desk | grep -qx '    name: retail'
  within frontdesk verify /given/retail.textproto.db
}
# The package has left. Its name is in no place.
check_nothing_is_left() {
  if find "$tree" -xdev -path '*frontdesk*' -not -path "$tree/given/*" | grep .; then
    echo 'bare.sh: the files above are left behind' >&2
    exit 1
  fi
}
echo "$name: $(du -m --apparent-size "$package" | cut -f 1) MB"

if [ "$form" = wheel ]; then
  before=$(date +%s.%N)
  within python3 -m pip install --quiet --no-index --break-system-packages --root-user-action=ignore "/given/$name"
  echo "installed in $(seconds "$before" "$(date +%s.%N)") s"
  if within sh -c 'command -v cc || command -v c++ || command -v g++ || command -v cmake'; then
    echo 'bare.sh: there is a compiler in the bare tree' >&2
    exit 1
  fi
  echo "on the disk: $(size "$tree"/usr/local/lib/python3*/dist-packages/frontdesk*)"
  # The distribution's protobuf is of a version that the wheel accepts.
  within python3 -m pip check
  cp "$source/examples/first_desk/first_desk.py" "$tree/given"
  # The distribution's protobuf is in the process first: its libraries are not those of the wheel.
  cat >"$tree/given/both.py" <<'PYTHON'
from google.protobuf import timestamp_pb2
import google.protobuf.internal.api_implementation as implementation

stamp = timestamp_pb2.Timestamp(seconds=1)
import frontdesk
from frontdesk import v1

assert stamp.SerializeToString() == timestamp_pb2.Timestamp(seconds=1).SerializeToString()
maps = open("/proc/self/maps").read()
ours = {line.split("/")[-1] for line in maps.splitlines() if "frontdesk.libs/" in line}
assert any(name.startswith("libprotobuf-") for name in ours), ours
assert "/libprotobuf.so." in maps, "the distribution's library is there too"
# Whatever is beside the libraries of the wheel has another name.
theirs = {line.split("/")[-1] for line in maps.splitlines() if ".so" in line and "frontdesk" not in line}
assert not ours & theirs, ours & theirs
command = frontdesk.command(v1.OpenCase(case_id="c", kind=v1.Case.KIND_TROUBLE, subject="s"), actor=frontdesk.actor("anna"),
                            now=stamp.ToDatetime(__import__("datetime").timezone.utc))
assert v1.Command.FromString(command.SerializeToString()) == command
print("protobuf:", implementation.Type(), "libraries in the wheel:", len(ours))
PYTHON
  within python3 /given/both.py
  before=$(date +%s.%N)
  within sh -c 'cd /given && exec python3 first_desk.py' >"$work/first_desk.txt"
  echo "first decision and four more in $(seconds "$before" "$(date +%s.%N)") s"
  [ "$(sed -n '1p;2p;$p' "$work/first_desk.txt" | tr '\n' ' ')" = 'VERDICT_DONE VERDICT_REFUSED REMEDY_TOO_LARGE VERDICT_DONE ' ]
  /usr/bin/python3 "$source/tests/docs/extract.py" block "$source/docs/packages.md" sh 0 "$tree/given/share.sh"
  share=$(within sh -e /given/share.sh)
  within test -f "$share/docs/policies.md"
  use_tool "$share/policies"
  within python3 -m frontdesk stats /given/retail.textproto.db >"$work/stats.txt"
  within python3 -m pip uninstall --quiet --yes --break-system-packages --root-user-action=ignore frontdesk
  check_nothing_is_left
else
  before=$(date +%s.%N)
  within apt-get update -q >"$work/apt.log" 2>&1
  within apt-get install -y -q --no-install-recommends "/given/$name" >>"$work/apt.log" 2>&1 || { tail -n 20 "$work/apt.log" >&2; exit 1; }
  echo "installed with what it depends on in $(seconds "$before" "$(date +%s.%N)") s"
  # A host brings its compiler.
  within apt-get install -y -q --no-install-recommends g++ cmake make >>"$work/apt.log" 2>&1
  mkdir "$tree/given/first"
  from_docs() { /usr/bin/python3 "$source/tests/docs/extract.py" block "$source/docs/embedding.md" "$@"; }
  from_docs cmake 0 "$tree/given/first/CMakeLists.txt"
  from_docs cpp 0 "$tree/given/first/first.cc"
  from_docs text 0 "$work/expected.txt"
  before=$(date +%s.%N)
  within sh -c 'cd /given/first && cmake -S . -B build >log.txt && cmake --build build >>log.txt && build/first' >"$work/first.txt"
  echo "the program of docs/embedding.md was built and run in $(seconds "$before" "$(date +%s.%N)") s"
  diff "$work/first.txt" "$work/expected.txt"
  from_docs sh 2 "$tree/given/first/build.sh"
  cp "$tree/given/first/first.cc" "$tree/given/first/shop.cc"
  within sh -c 'cd /given/first && sh -e build.sh && ./a.out' >"$work/shop.txt"
  diff "$work/shop.txt" "$work/expected.txt"
  for file in README.md copyright changelog.gz; do within test -f "/usr/share/doc/frontdesk/$file"; done
  use_tool /usr/share/frontdesk/policies
  within dpkg --verify frontdesk
  within apt-get purge -y -q frontdesk >>"$work/apt.log" 2>&1
  check_nothing_is_left
fi
echo "$form: passed"
