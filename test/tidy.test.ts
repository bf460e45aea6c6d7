import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { misnamed, traces, untidy } from './tidy-rules.ts';

const repository = resolve(import.meta.dirname, '..');

/** What git tracks or would track. */
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
  cwd: repository,
  encoding: 'utf8',
  maxBuffer: 1e8,
})
  .split('\0')
  .filter((name) => name !== '');
const present = files.flatMap((path) => {
  try {
    return [{ path, content: readFileSync(join(repository, path)) }];
  } catch {
    return [];
  }
});
const texts = present
  .filter(({ content }) => !content.includes(0))
  .map(({ path, content }) => ({ path, text: content.toString() }));
const registryHosts = [process.env.npm_config_registry].flatMap((url) =>
  URL.canParse(url ?? '') ? [new URL(url ?? '').host] : [],
);

describe('the house is tidy', () => {
  it('every file imports, and uses, only what its room may', () => {
    const sources = texts.filter(({ path }) => /^(?:src|drivers|electron|test)\/.*\.(?:tsx?|mjs)$/.test(path));
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap(({ path, text }) => untidy(path, text))).toEqual([]);
  });

  it('every file has a name of our form, in a known folder', () => {
    expect(present.flatMap(({ path }) => misnamed(path))).toEqual([]);
  });

  it('no file names a machine or a package registry', () => {
    expect(texts.flatMap(({ path, text }) => traces(path, text, registryHosts))).toEqual([]);
  });
});

describe('what is planted is found', () => {
  it.each([
    ['src/domain/a.ts', "import { b } from '../ports/b.ts';", 'imports ../ports/b.ts'],
    ['src/domain/a.ts', "import type { B } from '../ports/b.ts';", 'imports ../ports/b.ts'],
    ['src/domain/a.ts', "const b = 1;\nexport { c } from '../ports/b.ts';", ':2 imports ../ports/b.ts'],
    ['src/domain/a.ts', "const b = 1;\nexport * from 'xstate';", 'imports xstate'],
    ['src/domain/a.ts', "const b = () => import('node:fs');", 'imports node:fs'],
    ['src/domain/a.ts', "type B = import('../ports/b.ts').B;", 'imports ../ports/b.ts'],
    ['src/domain/a.ts', "import b = require('fs');", 'imports fs'],
    ['src/domain/a.ts', "const b = require('fs');", 'imports fs'],
    ['src/domain/a.ts', "import '../../drivers/b.ts';", 'imports ../../drivers/b.ts'],
    ['src/app/a.ts', 'const b = (name: string) => import(name);', 'imports something that is computed'],
    ['src/app/a.ts', "import { b } from '../ui/b.tsx';", 'imports ../ui/b.tsx'],
    ['src/terminal/a.ts', "import { writeFile } from 'node:fs/promises';", 'imports node:fs/promises'],
    ['src/terminal/a.ts', "import { b } from '../centre/b.ts';", 'imports ../centre/b.ts'],
    ['src/centre/a.ts', "import { DatabaseSync } from '@photostructure/sqlite';", 'imports @photostructure/sqlite'],
    ['src/ipc/a.ts', "import { fen } from '../domain/money.ts';", 'imports ../domain/money.ts'],
    ['src/ui/a.tsx', "import { planCharge } from '../domain/charge-plan.ts';", 'imports ../domain/charge-plan.ts'],
    ['src/ui/a.tsx', "const b = <p>Don't // stop</p>;\nimport fs from 'node:fs';", ':2 imports node:fs'],
    ['electron/a.ts', "import { fen } from '../src/domain/money.ts';", 'imports ../src/domain/money.ts'],
    ['electron/runtime/a.ts', "import { app } from 'electron';", 'imports electron'],
    ['drivers/serial/a.ts', "import { b } from '../../src/terminal/b.ts';", 'imports ../../src/terminal/b.ts'],
  ])('import: %s: %s', (path, source, expected) => {
    expect(untidy(path, source).join()).toContain(expected);
  });

  it.each([
    ['const a = Date.now();', 'Date'],
    ['const a = new Date();', 'Date'],
    ['const a = new Date(2020, 1, 1);', 'Date'],
    ['const a = { clock: Date };', 'Date'],
    ['const a = Math.random();', 'random'],
    ["import { randomUUID } from 'node:crypto';", 'randomUUID'],
    ['setTimeout(() => {}, 1);', 'setTimeout'],
    ['const { setInterval } = globalThis;', 'globalThis'],
    ['setImmediate(() => {});', 'setImmediate'],
    ['console.log(1);', 'console'],
    ['const a = { process };', 'process'],
    ['const a = process.env as unknown;', 'process'],
  ])('use: %s', (source, expected) => {
    for (const path of ['src/domain/a.ts', 'src/terminal/a.ts', 'src/centre/a.ts']) {
      expect(untidy(path, source).join()).toContain(expected);
    }
  });

  it.each([
    ['src/domain/a.ts', "export * from './b.ts';\nexport { c } from './c.ts';"],
    ['src/domain/a.ts', "import { b } from './b.ts';\nexport { b };"],
    ['src/domain/index.ts', 'export const a = 1;'],
  ])('barrel: %s: %s', (path, source) => {
    expect(untidy(path, source).join()).toContain('is a barrel file');
  });

  it.each(['skip', 'only', 'todo', 'skipIf'])('test left out: .%s', (word) => {
    for (const runner of ['it', 'test', 'describe', 'it.concurrent']) {
      expect(untidy('test/a.test.ts', `${runner}.${word}('a', () => {});`).join()).toContain(
        `leaves tests out: .${word}`,
      );
    }
  });

  it.each(['src/domain/chargePlan.ts', 'src/ui/Parts/a.tsx', 'test/a_b.test.ts', 'lib/a.ts'])('name: %s', (path) => {
    expect(misnamed(path)).toHaveLength(1);
  });

  it.each(['work', 'root', 'home'])('machine folder: /%s/…', (folder) => {
    const path = ['', folder, 'somebody', 'a.ts'].join('/');
    expect(traces('a.md', `one\nsee ${path}`, [])).toEqual(["a.md:2 names a machine's folder"]);
    expect(traces('a.ts', `const a = '${path}';`, [])).toHaveLength(1);
  });

  it('package registry: by its usual name, and the configured one', () => {
    const hosts = [['registry', 'example', 'org'].join('.'), 'packages.example'];
    for (const host of hosts) expect(traces('a.json', `"https://${host}/a"`, ['packages.example'])).toHaveLength(1);
  });
});

describe('what is tidy passes', () => {
  it.each([
    [
      'src/domain/a.ts',
      "import { b } from './b.ts';\nexport const a = new Date(b).toISOString() + Date.UTC(1800, 0, 1);",
    ],
    [
      'src/domain/a.ts',
      'export interface A { process: string; console?: Date }\nexport const a = (x: A) => x.process;',
    ],
    ['src/terminal/file-journal.ts', "import { open } from 'node:fs/promises';\nexport const a = open;"],
    [
      'src/centre/store/sqlite-store.ts',
      "import { DatabaseSync } from '@photostructure/sqlite';\nexport const a = DatabaseSync;",
    ],
    ['src/ipc/a.ts', "import { type Fen } from '../domain/money.ts';\nexport type A = Fen;"],
    ['src/ui/a.tsx', "import { formatYuan } from '../domain/money.ts';\nexport const a = formatYuan;"],
    ['electron/a.ts', "import { app } from 'electron';\nexport const a = app;"],
    ['test/a.test.ts', "it('only and skip are words', () => {});"],
  ])('%s: %s', (path, source) => {
    expect(untidy(path, source)).toEqual([]);
  });
});
