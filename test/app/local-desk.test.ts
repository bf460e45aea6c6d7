import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoInstitution } from '../../src/app/demo-institution.ts';
import { passphraseProtection } from '../../src/app/keys/key-protection.ts';
import { type LocalDesk, type LocalDeskOptions, openLocalDesk } from '../../src/app/local-desk.ts';
import type { PinBlockFormat } from '../../src/ports/pin-pad.ts';

const clock = { now: () => Date.parse('2025-04-19T10:00:00+08:00') };
const passphrase = (text: string) => [passphraseProtection(text, { log2N: 4, r: 8, p: 1 })];

let dataFolder: string;
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'gongji-desk-'));
});
afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

const opened = (options: Partial<LocalDeskOptions> = {}) =>
  openLocalDesk({ dataFolder, profile: 'chongqing-2021', clock, keyProtections: passphrase('p'), ...options });

async function signIn({ centre, ids, terminal, pinKeys }: LocalDesk, signNo: string | null = null) {
  const envelope = { msgId: ids.nextMsgId(), institution: demoInstitution, terminal, operator: '01', signNo, at: 0 };
  const answer = await centre.centre.signIn({ ...envelope, formats: pinKeys.formats });
  if (answer.kind !== 'signedIn') throw new Error(`not signed in: ${answer.decline.code}`);
  return answer.keys;
}

describe('a counter with a centre of its own', () => {
  it('knows its terminal from the first start on, also by another name and after a restart', async () => {
    for (const terminal of [undefined, 'T0000002', undefined]) {
      const formats: readonly PinBlockFormat[] = ['iso4-sm4', 'iso0-tdes'];
      const desk = await opened({ terminal, pinBlockFormats: formats });
      expect(desk.terminal).toBe(terminal ?? 'T0000001');
      expect(desk.pinKeys.mustRenew()).toBe(true);
      desk.pinKeys.accept(await signIn(desk));
      expect(desk.pinKeys.mustRenew()).toBe(false);
      expect(formats.map((format) => desk.pinKeys.take(format).format)).toEqual(formats);
      await desk.close();
      expect(desk.pinKeys.mustRenew()).toBe(true);
    }
  });

  it('goes on with the plain key and the database of an earlier version', async () => {
    writeFileSync(join(dataFolder, 'centre.key'), new Uint8Array(32).fill(0x42));
    const first = await opened();
    first.centre.registry.unlockPin('demo.mother');
    await first.close();
    expect(existsSync(join(dataFolder, 'centre.key'))).toBe(false);
    // A database that was made under another key would not open.
    const again = await opened();
    expect(again.centre.registry.audit()).toEqual([]);
    await again.close();
  });

  it('says what its keys are sealed with', async () => {
    const desk = await opened();
    expect(desk.keyProtection.kind).toBe('passphrase');
    await desk.close();
  });

  it('a wrong passphrase opens nothing, spoils nothing, and leaves the data folder free', async () => {
    await (await opened()).close();
    await expect(opened({ keyProtections: passphrase('q') })).rejects.toThrow(/keys\.sealed.*GONGJI_KEY_PASSPHRASE/);
    await (await opened()).close();
  });
});
