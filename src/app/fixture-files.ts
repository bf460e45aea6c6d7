import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The `fixtures/` folder of the program that `start` lies in: the nearest one above it that holds the policy profiles.
 *  A source file, a bundle in `out/main/` and its chunks one deeper all find the same one.
 *  Errors: `Error` that names the folder when there is none above. */
export function fixturesAbove(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const fixtures = join(folder, 'fixtures');
    if (existsSync(join(fixtures, 'policy-profiles.yaml'))) return fixtures;
    if (dirname(folder) === folder) throw new Error(`no fixtures folder above ${start}: the program is not complete`);
  }
}

/** The text of a file below `fixtures/`. A packaged program passes its own `root`. Errors: as `readFileSync`. */
export function readFixture(name: string, root?: string): string {
  return readFileSync(join(root ?? fixturesAbove(dirname(fileURLToPath(import.meta.url))), name), 'utf8');
}
