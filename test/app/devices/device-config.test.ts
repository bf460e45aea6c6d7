import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deviceModels } from '../../../drivers/device-table.ts';
import { parseDeviceConfig, pinBlockFormatsOf, readDeviceConfig } from '../../../src/app/devices/device-config.ts';

const parse = (text: string) => parseDeviceConfig(text, 'devices.yaml');
function problems(text: string): readonly string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: 'deviceInputNotUnderstood' });
    return error instanceof Error ? error.message.split('\n') : [];
  }
}

describe('the configuration of the devices', () => {
  it('is automatic without a file, for an empty one and for what it leaves out', () => {
    const automatic = {
      readers: 'automatic',
      pinPad: 'screen',
      pinBlock: 'iso4-aes128',
      scanner: 'automatic',
      serve: null,
      keys: [],
    };
    expect(readDeviceConfig(undefined)).toEqual(automatic);
    expect(parse('')).toEqual(automatic);
    expect(parse('scanner: none')).toEqual({ ...automatic, scanner: 'none' });
  });

  it('names readers in order of preference, with their places', () => {
    const { readers } = parse(`
readers:
  - { model: magtek-hid, serialNumber: "B1" }
  - { model: line-reader, port: /dev/ttyUSB0, settings: { baudRate: 19200, parity: even } }
  - { model: helper-port-12342, url: "ws://127.0.0.1:9000" }
  - virtual`);
    if (readers === 'automatic') throw new Error('the readers are named');
    expect(readers.map((reader) => (reader === 'virtual' ? reader : reader.model.id))).toEqual([
      'magtek-hid',
      'line-reader',
      'helper-port-12342',
      'virtual',
    ]);
    expect(readers[1]).toMatchObject({ port: '/dev/ttyUSB0', settings: { baudRate: 19_200, parity: 'even' } });
  });

  it("says what the program's own pads seal; a hardware pad adds its own format", () => {
    const hardware = 'pinPad: { model: uic-pp791, port: /dev/ttyUSB1, masterKey: "0123456789ABCDEFFEDCBA9876543210" }';
    expect(pinBlockFormatsOf(parse(''))).toEqual(['iso4-aes128']);
    expect(pinBlockFormatsOf(parse('pinBlock: iso4-sm4'))).toEqual(['iso4-sm4']);
    expect(pinBlockFormatsOf(parse(`pinBlock: iso4-sm4\n${hardware}`))).toEqual(['iso4-sm4', 'iso0-tdes']);
    expect(pinBlockFormatsOf(parse(`pinBlock: iso0-tdes\n${hardware}`))).toEqual(['iso0-tdes']);
    for (const { id } of deviceModels.filter((model) => model.role === 'pinPad' && model.protocol === 'plain-keypad'))
      expect(pinBlockFormatsOf(parse(`pinPad: { model: ${id}, port: /dev/ttyUSB1 }`))).toEqual(['iso4-aes128']);
    expect(problems('serve: /tmp/x\npinBlock: iso3')).toEqual([
      'devices.yaml:2: pinBlock: expected iso4-aes128, iso4-sm4 or iso0-tdes, got "iso3"',
    ]);
  });

  it('takes every model of the table, and keeps the keys out of every text', () => {
    const key = '0123456789ABCDEFFEDCBA9876543210';
    for (const { id, role, line } of deviceModels.filter((model) => model.line.kind !== 'keyboard')) {
      const place = line.kind === 'serial' ? ', port: /dev/ttyUSB0' : '';
      const text = {
        reader: `readers: [{ model: ${id}${place} }]`,
        scanner: `scanner: { model: ${id}${place} }`,
        pinPad: `pinPad: { model: ${id}${place}, masterKey: "${key}" }`,
      }[role];
      expect(problems(text)).toEqual([]);
    }
    const { keys } = parse(
      `keys: [{ kind: base, key: "${key}" }, { kind: initial, ksnPrefix: "FFFF98", key: "${key}" }]`,
    );
    expect(keys.map(({ ksnPrefix, kind }) => [ksnPrefix, kind])).toEqual([
      ['', 'base'],
      ['FFFF98', 'initial'],
    ]);
    expect(JSON.stringify(keys)).not.toContain(key);
  });

  it('tells every problem at once, each with its line, and never a key', () => {
    const text = `readers:
  - { model: line-reader, settings: { baudRate: fast } }
  - { model: line-reader }
  - { model: magtek-hid, port: x }
  - { model: magtek-hit }
  - { model: magtek-keyboard }
  - vitual
  - { model: magtek-hid, url: "ws://x" }
pinPad: { model: uic-pp791, port: /dev/ttyUSB1, masterKey: "0123" }
scaner: none
keys: [{ kind: bdk, key: "77" }]`;
    const told = problems(text);
    expect(told.map((line) => line.replace(/^devices\.yaml:/, '').replace(/: expected.*/, ''))).toEqual([
      '2: readers.0.settings.baudRate',
      '3: readers.1.port',
      '4: readers.2.port',
      '5: readers.3.model',
      '6: readers.4.model',
      '7: readers.5',
      '8: readers.6.url',
      '9: pinPad.masterKey',
      '10: scaner: unknown key',
      '11: keys.0.kind',
      '11: keys.0.key',
    ]);
    expect(told[3]).toContain('got "magtek-hit"');
    expect(told.join()).not.toMatch(/"0123"|"77"/);
  });

  it('asks for the master key that a PIN pad cannot do without', () => {
    expect(problems('pinPad: { model: cn-esc-pinpad, port: COM3 }')).toEqual([
      expect.stringMatching(/^devices\.yaml:1: pinPad: expected masterKey, a key of 32/),
    ]);
    expect(problems('pinPad: { model: plain-keypad, port: COM3 }')).toEqual([]);
  });

  it.each(['readers: []', 'readers: virtual', 'readers: [[]]', 'readers:\n  - { model }', '- x', 'a: [', 'pinPad: {}'])(
    'refuses %j with a line number',
    (text) => {
      for (const problem of problems(text)) expect(problem).toMatch(/^devices\.yaml:\d+: /);
      expect(problems(text)).not.toEqual([]);
    },
  );

  it('gives a line to one device only, whatever its role', () => {
    expect(
      problems(`readers:
  - { model: line-reader, port: /dev/ttyUSB0 }
  - { model: msr605, port: /dev/ttyUSB1 }
  - { model: msr605, port: /dev/ttyUSB0 }
pinPad: { model: plain-keypad, port: /dev/ttyUSB2 }
scanner: { model: serial-scanner, port: /dev/ttyUSB1 }`),
    ).toEqual([
      'devices.yaml:4: readers.2.port: expected a port of its own: readers.0 has /dev/ttyUSB0',
      'devices.yaml:6: scanner.port: expected a port of its own: readers.1 has /dev/ttyUSB1',
    ]);
  });

  it('refuses aliases that would blow it up', () => {
    const lines = [...'bcdefghi'].map(
      (name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[at]}`).join(',')}]`,
    );
    expect(problems(['a: &a [x]', ...lines].join('\n'))).toEqual(['devices.yaml:1: expected fewer aliases']);
    expect(problems('readers: &all [*all]')).toEqual([expect.stringMatching(/^devices\.yaml:1: readers\.0: expected/)]);
  });

  it('says what is wrong with a file that cannot be read, and reads none of any length', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gongji-devices-'));
    const path = join(folder, 'devices.yaml');
    expect(() => readDeviceConfig(folder)).toThrow(`${folder}: cannot be read: EISDIR`);
    writeFileSync(path, '#'.repeat(70_000));
    expect(() => readDeviceConfig(path)).toThrow(`${path}: expected at most 65536 bytes, got 70000`);
    expect(() => readDeviceConfig('/dev/zero')).toThrow('/dev/zero: expected a file');
    rmSync(folder, { recursive: true });
  });

  it('says that a named file is not there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gongji-devices-'));
    const path = join(folder, 'devices.yaml');
    expect(() => readDeviceConfig(path)).toThrow('there is no such file');
    writeFileSync(path, 'readers: [virtual]');
    expect(readDeviceConfig(path).readers).toEqual(['virtual']);
    rmSync(folder, { recursive: true });
  });
});
