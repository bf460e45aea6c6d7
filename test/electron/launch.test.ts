import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const launcher = resolve(import.meta.dirname, '../../electron/launch.ts');

function launch(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [launcher, ...args], { env: { ...process.env, ...env }, encoding: 'utf8' });
}

describe('npm start', () => {
  it('--help lists the options, the environment and the exit codes', () => {
    const { status, stdout } = launch(['--help']);
    expect(status).toBe(0);
    for (const word of ['--console', 'GONGJI_DATA_DIR', 'GONGJI_ALLOW_NO_SANDBOX', '77'])
      expect(stdout).toContain(word);
  });

  it('without a display says so in one line and plays the demo sale', () => {
    const { status, stdout, stderr } = launch([], { DISPLAY: '', WAYLAND_DISPLAY: '' });
    expect(stderr).toBe(
      'No display here (neither DISPLAY nor WAYLAND_DISPLAY is set): this is the console terminal.\n',
    );
    expect(stdout).toContain('80.00');
    expect(status).toBe(0);
  });

  it('--console is the console terminal, display or not', () => {
    const { status, stdout, stderr } = launch(['--console'], { DISPLAY: ':0' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('80.00');
  });

  it('as root refuses with an explanation and 77; for another user root is no question', () => {
    const { status, stderr } = launch([], { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: resolve('nowhere') });
    const isRoot = process.platform === 'linux' && process.geteuid?.() === 0;
    expect(status).toBe(isRoot ? 77 : 69);
    expect(stderr.includes('no sandbox when it runs as root')).toBe(isRoot);
  });

  it('with an override that holds no Electron says so in one line and ends with 69', () => {
    const { status, stderr } = launch([], {
      DISPLAY: ':0',
      GONGJI_ALLOW_NO_SANDBOX: '1',
      ELECTRON_OVERRIDE_DIST_PATH: resolve('nowhere'),
    });
    expect(stderr).toMatch(/^ELECTRON_OVERRIDE_DIST_PATH is set, but there is no .*nowhere.*\n$/);
    expect(status).toBe(69);
  });
});
