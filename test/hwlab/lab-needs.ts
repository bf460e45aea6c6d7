/** What decides whether the hardware lab can be made on a machine. */
export interface LabFacts {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Whether a program of this name can be started. */
  has(program: string): boolean;
}

const programs = ['bash', 'apt-get', 'apt-cache', 'dpkg-deb', 'flock', 'setpriv', 'od', 'xargs', 'ldd'] as const;

/** What the hardware lab needs that is not there, in one line; null when it can be made. */
export function whatLacks({ platform, arch, has }: LabFacts): string | null {
  if (platform !== 'linux') return `it needs Linux, this is ${platform}`;
  if (arch !== 'x64') return `it needs an x64 processor, this is ${arch}`;
  const missing = programs.filter((program) => !has(program));
  if (missing.length > 0) return `it needs a Debian, which has ${missing.join(', ')}`;
  return null;
}
