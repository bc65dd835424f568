# Source this to compile for wasm32-unknown-unknown: it prepares a Rust toolchain if there is none, puts it on PATH, and
# sets a separate target folder (since it may be another compiler).
#
# rustup's toolchain is used if it has the target or can fetch it. Otherwise Debian's rustc-web is used: it includes the
# sources of its standard library, which is built once into target/wasm-toolchain.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wasm_target=wasm32-unknown-unknown
wasm_toolchain="$CARGO_TARGET_DIR/wasm-toolchain"

has_std() { compgen -G "$("$1" --print target-libdir --target $wasm_target)/libstd-*.rlib" >/dev/null; }

# at_most SECONDS COMMAND...: without a limit if there is no `timeout` (macOS).
at_most() {
  if command -v timeout >/dev/null; then timeout "$@"; else "${@:2}"; fi
}

build_debian_toolchain() {
  apt_install rustc-web cargo-web rust-web-src lld-19
  note "building the standard library for $wasm_target (once, about a minute)"
  local work="$wasm_toolchain.new" host lib
  host=$(/usr/bin/rustc --print host-tuple)
  lib="$work/sysroot/lib/rustlib"
  rm -rf "$work" "$wasm_toolchain"
  mkdir -p "$work/empty/src" "$work/bin" "$lib/$wasm_target/lib"
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$work/empty/Cargo.toml"
  echo '#![no_std]' >"$work/empty/src/lib.rs"
  (
    cd "$work/empty"
    CARGO_TARGET_DIR="$work/build" RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc /usr/bin/cargo build --quiet \
      --release --target $wasm_target -Z build-std=std,panic_abort,test
  ) >&2 || die "could not build the standard library for $wasm_target"
  rm "$work/build/$wasm_target/release/deps/"*empty*
  cp "$work/build/$wasm_target/release/deps/"*.rlib "$lib/$wasm_target/lib"
  # A separate sysroot on top of the system's leaves no trace outside target/.
  ln -s "/usr/lib/rustlib/$host" "$lib/$host"
  ln -s /usr/bin/cargo "$work/bin/cargo"
  local tool
  for tool in rustc rustdoc; do
    printf '#!/bin/sh\nexec /usr/bin/%s --sysroot "%s/sysroot" "$@"\n' $tool "$wasm_toolchain" >"$work/bin/$tool"
    chmod +x "$work/bin/$tool"
  done
  rm -rf "$work/build" "$work/empty"
  mv "$work" "$wasm_toolchain"
}

ensure_toolchain() {
  [ -x "$wasm_toolchain/bin/rustc" ] && has_std "$wasm_toolchain/bin/rustc" && return
  command -v rustc >/dev/null && has_std rustc && return
  if command -v rustup >/dev/null; then
    note "rustup target add $wasm_target (for at most five minutes)"
    at_most 300 rustup target add $wasm_target >&2 && return
  fi
  build_debian_toolchain
}

mkdir -p "$CARGO_TARGET_DIR"
exec 9>"$CARGO_TARGET_DIR/.wasm-toolchain.lock"
# macOS has none: concurrent builds are not serialized there.
if command -v flock >/dev/null; then flock 9; fi
ensure_toolchain
exec 9>&-

if [ -d "$wasm_toolchain/bin" ]; then
  export PATH="$wasm_toolchain/bin:$PATH"
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19
fi
CARGO_TARGET_DIR="$CARGO_TARGET_DIR/wasm"
