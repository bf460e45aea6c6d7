import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's `fixtures/`, two folders up from here; a bundle in `out/main/` has it two folders up as well. */
export const fixturesRoot: string = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** The text of a file below `fixtures/`. A packaged program passes its own `root`. Errors: as `readFileSync`. */
export function readFixture(name: string, root: string = fixturesRoot): string {
  return readFileSync(join(root, name), 'utf8');
}
