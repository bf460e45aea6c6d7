import { describe, expect, it } from 'vitest';
import { kioskOptionsFrom } from '../../electron/kiosk-options.ts';

describe('the settings in the environment', () => {
  it('are none unless set', () => {
    expect(kioskOptionsFrom({})).toEqual({ delays: {} });
  });

  it('name the file of the devices', () => {
    expect(kioskOptionsFrom({ GONGJI_DEVICES: 'devices.yaml' })).toEqual({ devicesFile: 'devices.yaml', delays: {} });
  });

  it('name the profile and the time-outs', () => {
    expect(kioskOptionsFrom({ GONGJI_PROFILE: 'chongqing-2021', GONGJI_DELAYS_MS: 'pin=2000, card=900' })).toEqual({
      profile: 'chongqing-2021',
      delays: { pin: 2000, card: 900 },
    });
  });

  it('a port for the citizens’ pages is a port', () => {
    expect(kioskOptionsFrom({ GONGJI_CITIZEN_PORT: '8090' })).toEqual({ citizenPort: 8090, delays: {} });
    for (const text of ['65536', '-1', 'x', '80.5'])
      expect(() => kioskOptionsFrom({ GONGJI_CITIZEN_PORT: text })).toThrow(`"${text}"`);
  });

  it('name whose counter this is for links, and take no other (R10, R21)', () => {
    expect(kioskOptionsFrom({ GONGJI_LINK_CHANNEL: 'hospital' })).toEqual({ linkChannel: 'hospital', delays: {} });
    expect(() => kioskOptionsFrom({ GONGJI_LINK_CHANNEL: 'phone' })).toThrow('"phone"');
  });

  it.each(['pim=1', 'pin', 'pin=', 'pin=0', 'pin=-1', 'pin=1.5', 'pin=12345678', '__proto__=1'])(
    '%s is an error that names it',
    (text) => {
      expect(() => kioskOptionsFrom({ GONGJI_DELAYS_MS: text })).toThrow(`"${text}"`);
    },
  );
});
