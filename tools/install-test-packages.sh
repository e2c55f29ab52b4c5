#!/bin/sh
# Installs the programs that the tests compare with and lean on, where they are missing.
set -eu

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

missing=''
needs() { # command, the Debian package that has it
  type "$1" >/dev/null 2>&1 || missing="$missing $2"
}

needs age age
needs ssh-keygen openssh-client
needs tar tar
needs bsdtar libarchive-tools
needs busybox busybox
needs python3 python3
needs strace strace
needs expect expect
needs mkfs.xfs xfsprogs
needs mkfs.ext4 e2fsprogs
needs mkfs.btrfs btrfs-progs
needs losetup util-linux
needs script bsdutils
needs logger bsdutils
needs jq jq
needs g++ g++
needs make make
needs pgrep procps
needs curl curl
needs ansible-playbook ansible-core
needs systemd-analyze systemd
needs openssl openssl
needs softhsm2-util softhsm2
needs pkcs11-tool opensc
needs pcscd pcscd
needs chromium chromium
needs zbarimg zbar-tools
needs pdftoppm poppler-utils
has() { # a file that is no command, the Debian package that has it
  ls $1 >/dev/null 2>&1 || missing="$missing $2"
}
has '/usr/lib/*/opensc-pkcs11.so' opensc-pkcs11
has '/usr/share/fonts/truetype/liberation*/LiberationSans-Regular.ttf' fonts-liberation
has '/usr/lib/postgresql/*/bin/initdb' postgresql
has '/usr/lib/pcsc/drivers/serial/libifdvpcd.so*' vsmartcard-vpcd
[ -x /usr/bin/time ] || missing="$missing time"

[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=''
elif sudo -n true 2>/dev/null; then
  as_root='sudo -n'
else
  as_root='none'
fi

if [ "$as_root" = none ] || ! type apt-get >/dev/null 2>&1; then
  echo "The tests need these programs, by their Debian package:$missing" >&2
  echo "Install them, then run the tests again. On Debian: sudo apt-get install$missing" >&2
  exit 1
fi

echo "Installing what the tests need:$missing"
export DEBIAN_FRONTEND=noninteractive
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
install() {
  $as_root apt-get install -y --no-install-recommends "$@"
}
# The tests start servers of their own; none is to run here for good.
without_cluster() {
  case "$missing" in *postgresql*)
    install postgresql-common &&
      $as_root sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' \
        /etc/postgresql-common/createcluster.conf
    ;;
  esac
}
# shellcheck disable=SC2086 # both are lists of words
if ! { $as_root apt-get update && without_cluster && install $missing; } >"$log" 2>&1 </dev/null; then
  cat "$log" >&2
  echo "apt could not install:$missing" >&2
  exit 1
fi
