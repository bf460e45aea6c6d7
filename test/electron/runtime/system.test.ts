import { describe, expect, it } from 'vitest';
import { aptCommand, hasDisplay, librariesNotFound, sandboxProblem } from '../../../electron/runtime/system.ts';

describe('a display', () => {
  it.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: '' }, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['darwin', {}, true],
    ['win32', {}, true],
  ] as const)('on %s with %o: %s', (platform, env, expected) => {
    expect(hasDisplay(platform, env)).toBe(expected);
  });
});

describe('the sandbox', () => {
  it.each([
    ['root', { isRoot: true, setuidHelper: true, userNamespaces: true }],
    ['noNamespaces', { isRoot: false, setuidHelper: false, userNamespaces: false }],
    [null, { isRoot: false, setuidHelper: true, userNamespaces: false }],
    [null, { isRoot: false, setuidHelper: false, userNamespaces: true }],
    [null, { isRoot: false, setuidHelper: false, userNamespaces: null }],
  ] as const)('%s: %o', (problem, facts) => {
    expect(sandboxProblem({ platform: 'linux', ...facts })).toBe(problem);
  });

  it('is no question outside Linux', () => {
    expect(sandboxProblem({ platform: 'darwin', isRoot: true, setuidHelper: false, userNamespaces: null })).toBeNull();
  });
});

describe('system libraries', () => {
  it('are read from what the loader does not find, once each', () => {
    const output = `
	linux-vdso.so.1 (0x00007ffc)
	libffmpeg.so => /opt/electron/libffmpeg.so (0x00007f)
	libgbm.so.1 => not found
	libnss3.so => not found
	libgbm.so.1 => not found
`;
    expect(librariesNotFound(output)).toEqual(['libgbm.so.1', 'libnss3.so']);
  });

  it.each([
    [true, 'apt-get update && apt-get install -y libgbm1 libnss3'],
    [false, 'sudo apt-get update && sudo apt-get install -y libgbm1 libnss3'],
  ])('the command to get them, as root: %s', (asRoot, command) => {
    expect(aptCommand(['libgbm1', 'libnss3'], asRoot)).toBe(command);
  });
});
