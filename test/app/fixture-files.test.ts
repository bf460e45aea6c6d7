import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fixturesAbove } from '../../src/app/fixture-files.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'gongji-fixtures-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it.each(['src/app', 'out/main', 'out/main/chunks'])('is found from %s', (start) => {
  mkdirSync(join(root, start), { recursive: true });
  mkdirSync(join(root, 'fixtures'));
  writeFileSync(join(root, 'fixtures/policy-profiles.yaml'), '');
  expect(fixturesAbove(join(root, start))).toBe(join(root, 'fixtures'));
});

it('says when there is none', () => {
  expect(() => fixturesAbove(root)).toThrow(/no fixtures folder above/);
});
