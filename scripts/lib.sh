# Shared by the scripts: paths, and installation of missing system packages. Source it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
tools="$CARGO_TARGET_DIR/tools"
export PATH="$tools/bin:$PATH"

die() { echo "error: $*" >&2; exit 1; }
note() { echo "==> $*" >&2; }

# apt_install PACKAGE...: installs the Debian packages that are missing.
apt_install() {
  local missing=() package sudo=""
  for package; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || die "missing what Debian calls ${missing[*]}: install it with your system's package manager"
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || die "missing packages; as root: apt-get install ${missing[*]}"
    sudo="sudo -n"
  fi
  note "installing ${missing[*]}"
  $sudo env DEBIAN_FRONTEND=noninteractive sh -c \
    'apt-get -qq update && apt-get -qq install -y --no-install-recommends "$@" >/dev/null' sh "${missing[@]}" >&2 ||
    die "apt-get could not install ${missing[*]}"
}

# require COMMAND WHAT: exits with a message that says what to install.
require() { command -v "$1" >/dev/null || die "$1 is missing; install $2"; }
