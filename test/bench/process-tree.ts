import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all below it hold in memory. `residentBytes` counts pages shared between them once for each;
 *  `proportionalBytes` divides them among all that share them. */
export interface TreeMemory {
  readonly residentBytes: number;
  readonly proportionalBytes: number;
}

/** Looks at /proc; null where there is none. A process that ends meanwhile counts nothing. */
export function memoryOfTree(root: number): TreeMemory | null {
  if (process.platform !== 'linux') return null;
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), Number(field(`/proc/${name}/status`, 'PPid'))]),
  );
  const belongs = (pid: number | undefined): boolean => pid === root || (!!pid && belongs(parents.get(pid)));
  let [residentBytes, proportionalBytes] = [0, 0];
  for (const pid of parents.keys()) {
    if (!belongs(pid)) continue;
    const maps = `/proc/${pid}/smaps_rollup`;
    residentBytes += Number(field(maps, 'Rss')) * 1024;
    proportionalBytes += Number(field(maps, 'Pss')) * 1024;
  }
  return { residentBytes, proportionalBytes };
}

/** The number behind `name:` in a file of /proc; 0 when it is not to be had. */
function field(file: string, name: string): string {
  try {
    return new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? '0';
  } catch {
    return '0';
  }
}
