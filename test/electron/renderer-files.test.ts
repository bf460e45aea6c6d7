import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileOf } from '../../electron/renderer-files.ts';

const folder = resolve('out', 'renderer');

describe('what the app serves to its screens', () => {
  it.each([
    ['/', 'index.html'],
    ['/index.html', 'index.html'],
    ['/assets/index-a.js', join('assets', 'index-a.js')],
    ['/assets/noto%20sans.woff2', join('assets', 'noto sans.woff2')],
  ])('%s is %s', (pathname, file) => {
    expect(fileOf(folder, pathname)).toBe(join(folder, file));
  });

  it.each([
    '/../main/main.js',
    '/%2e%2e/main/main.js',
    '/..%2fmain%2fmain.js',
    '/..%5cmain.js',
    '/../renderer-other/a.js',
    '/a.js%00.html',
    '/%zz.html',
    '/journal.jsonl',
    '/constructor',
    '/assets',
    '/.js/constructor',
  ])('%s is nothing', (pathname) => {
    expect(fileOf(folder, pathname)).toBeNull();
  });
});
