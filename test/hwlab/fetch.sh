#!/usr/bin/env bash
# Gets what the hardware lab is made of: Debian's kernel, QEMU and what they need, unpacked into a cache folder. Nothing is
# installed on this machine, and it takes no root: apt-get works on lists and archives of its own.
#   fetch.sh CACHE      makes CACHE/debian (QEMU and its libraries), CACHE/vmlinux and CACHE/initramfs; 110 MB, once
# Ends with 0, or with the reason as the last line of stderr.
set -euo pipefail
export LC_ALL=C
cache=$1
drivers=(virtio_pci virtio_console 9pnet_virtio 9p hid_generic uhid usbhid xhci_pci ftdi_sio)
mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9 # one at a time
[ ! -e "$cache/complete" ] || exit 0

apt_dir=$cache/apt debian=$cache/debian tree=$cache/tree
rm -rf "$apt_dir" "$debian" "$tree"
mkdir -p "$apt_dir"/lists/partial "$apt_dir"/archives/partial "$debian"
options=(
  -qq -o APT::Sandbox::User=root -o Debug::NoLocking=1 -o Dir::State::Lists="$apt_dir/lists" -o Dir::Cache="$apt_dir"
  -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20
)
refused() {
  echo "$1: $(grep -E '^[EW]:' "$apt_dir/log" | head -n 1)" >&2
  exit 1
}

# linux-image-amd64 only depends on the real one. The smaller -cloud- kernel will not do: it has no USB.
apt-get "${options[@]}" update > "$apt_dir/log" 2>&1 || refused 'apt-get update failed'
depends=$(apt-cache "${options[@]}" depends linux-image-amd64 2> /dev/null || true)
kernel=$(sed -n 's/.*Depends: \(linux-image-[0-9]\S*\)$/\1/p' <<< "$depends" | head -n 1)
[ -n "$kernel" ] || refused 'apt-get knows no linux-image-amd64'
named=("$kernel" qemu-system-{x86,common,data} seabios busybox-static xz-utils libudev1 libusb-1.0-0)
cd "$apt_dir/archives"
apt-get "${options[@]}" download "${named[@]}" > "$apt_dir/log" 2>&1 || refused 'apt-get download failed'
# Those of their dependencies that this machine lacks.
apt-get "${options[@]}" install -y --no-install-recommends --download-only "${named[@]:1}" > "$apt_dir/log" 2>&1 ||
  refused 'apt-get install --download-only failed'
for deb in *.deb; do dpkg-deb -x "$deb" "$debian"; done
cd "$cache"
modules=$(echo "$debian"/lib/modules/*)
[ -d "$modules" ] || modules=$(echo "$debian"/usr/lib/modules/*)
libraries=$debian/usr/lib/x86_64-linux-gnu:$debian/lib/x86_64-linux-gnu

# Unpack vmlinux, so that QEMU enters it directly (PVH): the guest's own unpacking takes 2 s in emulation. The x86 boot
# protocol's header says where it lies. busybox's xzcat cannot (BCJ filter).
packed=$(echo "$debian"/boot/vmlinuz-*)
number() { od -An -tu"$2" -j "$1" -N "$2" "$packed" | tr -d ' '; }
at=$((($(number 497 1) + 1) * 512 + $(number 584 4))) size=$(($(number 588 4) - 4))
head -c $((at + size)) "$packed" | tail -c "$size" | LD_LIBRARY_PATH=$libraries "$debian/usr/bin/xz" -dc > vmlinux ||
  cp "$packed" vmlinux

# The initramfs: busybox, the modules that init loads and those that they need. Debian ships modules without modules.dep, and
# newer ones packed.
find "$modules" -name '*.ko.xz' -print0 | LD_LIBRARY_PATH=$libraries xargs -0 -r "$debian/usr/bin/xz" -d
busybox=$(find "$debian" -path '*/bin/busybox')
release=$(basename "$modules")
mkdir -p "$tree/bin" "$tree/lib/modules/$release"
cp "$busybox" "$tree/bin/"
ln -sf "$busybox" "$cache/busybox"
mkdir -p "$debian/lib/modules" && [ -d "$debian/lib/modules/$release" ] || ln -s "$modules" "$debian/lib/modules/$release"
"$busybox" depmod -b "$debian" "$release"
echo "${drivers[*]}" > "$tree/drivers"
wanted=$(tr ' _' '|.' < "$tree/drivers")
cd "$debian/lib/modules/$release"
grep -E "/($wanted)\.ko:" modules.dep | tr -d : | tr ' ' '\n' | sort -u | xargs cp --parents -t "$tree/lib/modules/$release"
"$busybox" depmod -b "$tree" "$release"
cd "$tree"
find . | "$busybox" cpio -o -H newc 2> /dev/null > "$cache/initramfs"
cd "$cache"
rm -rf apt tree "$modules" "$debian"/boot "$debian"/usr/share/{doc,man,locale,bug,lintian}
: > complete
