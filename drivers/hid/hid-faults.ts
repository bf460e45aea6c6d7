import { DeviceFault } from '../transport.ts';

/** Which package brings a library that node-hid's binary is linked to (PF15): Debian and Ubuntu, Fedora, Alpine. */
const packagesOf: readonly (readonly [RegExp, string])[] = [
  [/libusb-1\.0/, 'libusb-1.0-0 (Debian, Ubuntu), libusb1 (Fedora) or libusb (Alpine)'],
  [/libudev/, 'libudev1 (Debian, Ubuntu), systemd-libs (Fedora) or eudev-libs (Alpine)'],
  [/libstdc\+\+|libgcc/, 'libstdc++6 (Debian, Ubuntu) or libstdc++ (Fedora, Alpine)'],
];

/** Why node-hid cannot run here at all, null when it can. node-hid loads its binary at the first call, so this may come
 *  from any of them; its errors are told apart by text, but for a failed `dlopen`. */
export function unavailableFault(thrown: unknown): DeviceFault | null {
  const text = textOf(thrown);
  const because = (what: string) => new DeviceFault('unavailable', `HID unavailable: ${what}`, { cause: thrown });
  if (hasCode(thrown, 'ERR_MODULE_NOT_FOUND') || hasCode(thrown, 'MODULE_NOT_FOUND'))
    return because('install the package node-hid');
  // A bundler or a packager dropped the file, or nobody builds one for this system (PF16).
  if (/No native build was found|Failed to find binding/.test(text))
    return because(`node-hid brings no binary for ${process.platform}-${process.arch}; install one that does`);
  // glibc says the first, musl the second.
  const missing = /(lib\S+?): cannot open shared object|Error loading shared library (lib[^:\s]+)/.exec(text);
  const library = missing?.[1] ?? missing?.[2];
  if (library !== undefined) {
    const [, packages] = packagesOf.find(([pattern]) => pattern.test(library)) ?? [];
    return because(`install ${packages ?? library}`);
  }
  if (hasCode(thrown, 'ERR_DLOPEN_FAILED'))
    return because('node-hid brings no binary that runs on this system; install one that does');
  return null;
}

/** Why a path could not be opened. `refusal`: the errno of the file itself, where there is a file. */
export function openFault(failure: {
  readonly thrown: unknown;
  readonly refusal: string | undefined;
  readonly path: string;
  readonly name: string;
  readonly platform: NodeJS.Platform;
}): DeviceFault {
  const { refusal, name } = failure;
  const text = textOf(failure.thrown);
  const options = { cause: failure.thrown };
  if (refusal === 'ENOENT' || refusal === 'ENODEV' || /No such (?:file|device)/.test(text))
    return new DeviceFault('notFound', `${name} was unplugged while it was being opened`, options);
  // IOKit's kIOReturnExclusiveAccess; Windows' ERROR_SHARING_VIOLATION.
  if (/exclusive access|0xE00002C5|0x00000020|resource busy/i.test(text))
    return new DeviceFault('locked', `${name} is in use by another program`, options);
  if (failure.platform !== 'linux' || refusal !== undefined || /[Pp]ermission denied/.test(text))
    return new DeviceFault('denied', `No permission for ${name} ${hintOf(failure)}`, options);
  return new DeviceFault('failed', `${name} cannot be opened`, options);
}

function hintOf({ platform, path }: { readonly platform: NodeJS.Platform; readonly path: string }): string {
  switch (platform) {
    case 'linux':
      return `(${path}): install the udev rules that "gongji devices udev" prints, then plug it in again`;
    case 'darwin':
      return ': allow this program "Input Monitoring" in the system settings under Privacy & Security';
    default:
      // Windows keeps keyboards to itself (PF8).
      return ': switch it from keyboard mode to HID or serial mode, or end the program that uses it';
  }
}

/** node-hid throws errors and emits strings. */
export function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
