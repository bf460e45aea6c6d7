import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { LeakSearch } from './leak-search.ts';

const chunkBytes = 1 << 16;
const zeros = Buffer.alloc(chunkBytes);

/** Searches what another process of ours has in its memory and could have changed: heaps, stacks, buffers. `null` where
 *  the system does not show it (other than Linux). What the process gives back to the system while it is read is left
 *  out. */
export function leaksInMemory(search: LeakSearch, pid: number): readonly string[] | null {
  if (process.platform !== 'linux') return null;
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    return writableParts(pid).flatMap(({ name, first, end }) => leaksInPart(search, memory, name, first, end));
  } finally {
    closeSync(memory);
  }
}

function writableParts(
  pid: number,
): readonly { readonly name: string; readonly first: number; readonly end: number }[] {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, first, end, file = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw\S+ \S+ \S+ \S+ *(.*)$/.exec(line) ?? [];
      if (first === undefined || end === undefined) return [];
      return [{ name: `memory ${file}`.trim(), first: Number.parseInt(first, 16), end: Number.parseInt(end, 16) }];
    });
}

/** Most of what a process has reserved was never written to: chunks of zeros are not searched. */
function leaksInPart(search: LeakSearch, memory: number, name: string, first: number, end: number): readonly string[] {
  const found: string[] = [];
  let run: Buffer[] = [];
  const searchRun = () => {
    if (run.length > 0) found.push(...search.leaksIn(name, Buffer.concat(run)));
    run = [];
  };
  for (let at = first; at < end; at += chunkBytes) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, end - at));
    if (!readInto(chunk, memory, at)) break;
    if (chunk.equals(zeros.subarray(0, chunk.length))) searchRun();
    else run.push(chunk);
  }
  searchRun();
  return found;
}

function readInto(chunk: Buffer, memory: number, at: number): boolean {
  try {
    return readSync(memory, chunk, 0, chunk.length, at) === chunk.length;
  } catch {
    return false;
  }
}

/** Searches every file below a folder, and its name. Files that are gone before they are read are no matter: browsers make
 *  such. Errors: `Error` when there is none, because then nothing was searched. */
export function leaksInFiles(search: LeakSearch, folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  if (files.length === 0) throw new Error('no files to search');
  return [
    ...search.leaksIn('the names of files', entries.map(({ name }) => name).join('\n')),
    ...files.flatMap((path) => search.leaksIn(relative(folder, path), contentOf(path))),
  ];
}

function contentOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return new Uint8Array();
    throw fault;
  }
}

/** The strings of a V8 heap snapshot, a line each: the rest of the file is numbers that tell nothing. */
export function heapStrings(snapshotJson: string): string {
  const { strings } = JSON.parse(snapshotJson) as { readonly strings: readonly string[] };
  return strings.join('\n');
}
