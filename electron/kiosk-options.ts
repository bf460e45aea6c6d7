import type { KioskOptions } from '../src/app/kiosk-contract.ts';

type Delays = NonNullable<KioskOptions['delays']>;

const delayNames: Readonly<Record<keyof Delays, true>> = {
  enterAmount: true,
  card: true,
  read: true,
  identify: true,
  amount: true,
  quote: true,
  retry: true,
  pin: true,
  confirmQuote: true,
  settle: true,
  query: true,
  queryMax: true,
  queryAnswer: true,
  signIn: true,
  previewUndo: true,
  confirmUndo: true,
  undo: true,
  approved: true,
  declined: true,
  cancelled: true,
  undone: true,
  suspended: true,
  attention: true,
  notice: true,
};
const isDelayName = (name: string): name is keyof Delays => Object.hasOwn(delayNames, name);

/** What the environment says about the kiosk: `GONGJI_PROFILE`, the policy profile in force, `GONGJI_DEVICES`, the
 *  file that names the devices, `GONGJI_LINK_CHANNEL`, whose counter this is for links (`counter` or `hospital`),
 *  `GONGJI_CITIZEN_PORT`, where the citizens' pages are served, and `GONGJI_DELAYS_MS`, the
 *  time-outs by name, as `pin=20000,card=90000`.
 *  Errors: `RangeError` that names the wrong item and what is allowed. */
export function kioskOptionsFrom(
  env: NodeJS.ProcessEnv,
): Pick<KioskOptions, 'profile' | 'devicesFile' | 'linkChannel' | 'delays' | 'citizenPort'> {
  const profile = env.GONGJI_PROFILE ? { profile: env.GONGJI_PROFILE } : {};
  const devices = env.GONGJI_DEVICES ? { devicesFile: env.GONGJI_DEVICES } : {};
  const citizens = env.GONGJI_CITIZEN_PORT ? { citizenPort: portFrom(env.GONGJI_CITIZEN_PORT) } : {};
  const channel = env.GONGJI_LINK_CHANNEL ? { linkChannel: linkChannelFrom(env.GONGJI_LINK_CHANNEL) } : {};
  return { ...profile, ...devices, ...channel, ...citizens, delays: delaysFrom(env.GONGJI_DELAYS_MS ?? '') };
}

function linkChannelFrom(text: string): 'counter' | 'hospital' {
  if (text === 'counter' || text === 'hospital') return text;
  throw new RangeError(`GONGJI_LINK_CHANNEL: "${text}" is neither counter nor hospital`);
}

function portFrom(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new RangeError(`GONGJI_CITIZEN_PORT: "${text}" is no port, 0 to 65535`);
}

function delaysFrom(text: string): Delays {
  const delays: { -readonly [name in keyof Delays]: number } = {};
  for (const item of text.split(',').filter((part) => part.trim() !== '')) {
    const [name = '', value = ''] = item.split('=').map((part) => part.trim());
    if (!isDelayName(name) || !/^[1-9]\d{0,6}$/.test(value)) {
      const allowed = Object.keys(delayNames).join(', ');
      throw new RangeError(`GONGJI_DELAYS_MS: "${item}" is not NAME=MILLISECONDS with a NAME of ${allowed}`);
    }
    delays[name] = Number(value);
  }
  return delays;
}
