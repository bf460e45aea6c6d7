import { describe, expect, it } from 'vitest';
import { readFixture } from '../../src/app/fixture-files.ts';
import {
  changedProfile,
  extendProfile,
  loadListedAreas,
  loadPolicyProfiles,
  PolicyProfileError,
} from '../../src/app/policy-profiles.ts';
import { fen } from '../../src/domain/money.ts';
import type { PolicyProfile, Purpose } from '../../src/domain/policy-profile.ts';

const file = 'policy-profiles.yaml';
const text = readFixture(file);
const profiles = loadPolicyProfiles(text, file);

function profile(name: string): PolicyProfile {
  const found = profiles.get(name);
  if (!found) throw new Error(`no profile ${name}`);
  return found;
}

/** The error's message when `load` fails as it must, else the test fails. */
function refusal(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof PolicyProfileError) return error.message;
    throw error;
  }
  throw new Error('was not refused');
}

/** The line of the file in which this text first stands. */
function lineOf(needle: string): number {
  return text.slice(0, text.indexOf(needle)).split('\n').length;
}

const cares: readonly Purpose[] = ['hospital_own_share', 'pharmacy_drug', 'pharmacy_device', 'pharmacy_consumable'];
const withPremium: readonly Purpose[] = [...cares, 'resident_premium'];

describe('the ten profiles', () => {
  it('are these, in the order of the file, and the first is the default', () => {
    expect([...profiles.keys()]).toEqual([
      'chongqing-2021',
      'chongqing-2022',
      'chongqing-2025',
      'national-2021',
      'national-2024',
      'wallet-2024',
      'wallet-2025',
      'national-2026',
      'shenzhen-2019',
      'shenzhen-2023',
    ]);
    for (const [name, said] of profiles) expect(said.name).toBe(name);
  });

  it('chongqing-2021 in full', () => {
    expect(profile('chongqing-2021')).toEqual({
      name: 'chongqing-2021',
      providerInsurance: ['employee', 'resident'],
      beneficiaryInsurance: ['employee', 'resident'],
      forbidResidentResident: false,
      relationSet: 'none',
      areaScope: 'same_city',
      maxBeneficiariesPerProvider: 1,
      maxProvidersPerBeneficiary: 1,
      ownMode: 'own_then_provider',
      providerOrder: 'single',
      providerReserve: 0,
      fundModel: 'live_balance',
      wallet: null,
      purposes: cares,
      healthFood: 'marked_only',
      beneficiaryConsent: false,
      linkExpiry: null,
      linkEffect: 'immediate',
      unlinkEffect: 'immediate',
      minLinkDays: 0,
      autoDissolveOnTransfer: false,
      providerStatusCheck: 'at_payment',
      providerCardLostBlocks: false,
      partialRefund: 'cancel_and_resettle',
      pin: {
        length: 6,
        initial: '123456',
        initialPolicy: 'accept',
        maxWrong: 6,
        unlock: 'counter',
        timeoutS: 30,
        maxUnlocks: null,
      },
      evoucher: { digits: 28, prefix: '424', ttlS: 60, singleUse: true },
      tempLossDays: 7,
      ecardWhenTempLost: true,
      ecardSlots: 8,
      cert: { cycle: 'days365', graceDays: 15, residentPerYear: 2, survivor: 'quarterly' },
      totalToleranceFen: 10,
      stmtOk: ['0', '000000'],
      fundSumIncludesAcct: false,
      binding: {
        documents: 'one_of_three',
        beneficiaryBy: ['swipe', 'cardNumber', 'residentId', 'evoucher'],
      },
    });
  });

  const national: Partial<PolicyProfile> = {
    providerInsurance: ['employee'],
    relationSet: 'immediate',
    maxBeneficiariesPerProvider: null,
    maxProvidersPerBeneficiary: null,
    providerOrder: 'link_time',
    healthFood: 'none',
  };
  const national2024: Partial<PolicyProfile> = {
    ...national,
    relationSet: 'near',
    areaScope: 'same_province',
    purposes: withPremium,
  };
  const wallet = { perDay: null, maxFen: null, dailyTotalFen: null, closed: null, unacceptedReturn: null };
  const shenzhen: Partial<PolicyProfile> = {
    ...national,
    ownMode: 'own_must_be_zero',
    providerOrder: 'balance_desc',
    binding: { documents: 'provider_card', beneficiaryBy: ['cardNumber'] },
  };

  it.each<[string, Partial<PolicyProfile>]>([
    ['chongqing-2022', { relationSet: 'immediate', forbidResidentResident: true, healthFood: 'none' }],
    [
      'chongqing-2025',
      { providerInsurance: ['employee'], relationSet: 'near', maxBeneficiariesPerProvider: null, healthFood: 'none' },
    ],
    ['national-2021', national],
    ['national-2024', national2024],
    [
      'wallet-2024',
      { ...national2024, areaScope: 'listed', fundModel: 'wallet', wallet: { ...wallet, returnable: true } },
    ],
    [
      'wallet-2025',
      {
        ...national2024,
        areaScope: 'listed',
        fundModel: 'wallet',
        wallet: {
          perDay: 3,
          maxFen: fen(200_000),
          dailyTotalFen: null,
          closed: '22:00-06:00',
          unacceptedReturn: '06:00',
          returnable: true,
        },
      },
    ],
    [
      'national-2026',
      {
        ...national2024,
        areaScope: 'nationwide',
        fundModel: 'quota_hold',
        beneficiaryConsent: true,
        autoDissolveOnTransfer: true,
        purposes: [...withPremium, 'long_term_care_premium'],
      },
    ],
    ['shenzhen-2019', { ...shenzhen, providerReserve: fen(777_815) }],
    ['shenzhen-2023', { ...shenzhen, purposes: withPremium }],
  ])('%s differs from chongqing-2021 in exactly this', (name, differs) => {
    expect(profile(name)).toEqual({ ...profile('chongqing-2021'), name, ...differs });
  });
});

describe('a wrong file is refused: the profile, the key, the value, what is allowed, file and line', () => {
  it.each<{ it: string; from: string; to: string; says: readonly string[] }>([
    {
      it: 'a value that is not one of the words',
      from: 'own_mode: own_then_provider',
      to: 'own_mode: provider_first',
      says: [
        `${file}:${lineOf('own_mode: own_then')}: chongqing-2021.own_mode: expected one of own_then_provider, own_must_be_zero, got "provider_first"`,
      ],
    },
    {
      it: 'a value inside a map',
      from: 'max_wrong: 6',
      to: 'max_wrong: 0',
      says: [`${file}:${lineOf('pin: {')}: chongqing-2021.pin.max_wrong: expected a whole number, 1 or more, got 0`],
    },
    {
      it: 'an item of a list',
      from: 'purposes: [hospital_own_share,',
      to: 'purposes: [gym,',
      says: [
        `${file}:${lineOf('purposes: [')}: chongqing-2021.purposes.0: expected one of hospital_own_share, pharmacy_drug, pharmacy_device, pharmacy_consumable, resident_premium, long_term_care_premium, got "gym"`,
      ],
    },
    {
      it: 'a limit of zero people',
      from: 'max_providers_per_beneficiary: 1',
      to: 'max_providers_per_beneficiary: 0',
      says: [
        `${file}:${lineOf('max_providers')}: chongqing-2021.max_providers_per_beneficiary: expected a whole number, 1 or more, or null, got 0`,
      ],
    },
    {
      it: 'yuan where fen must be',
      from: 'provider_reserve: 777815',
      to: 'provider_reserve: 7778.15',
      says: [
        `${file}:${lineOf('provider_reserve: 777815')}: shenzhen-2019.provider_reserve: expected a whole number of fen, 0 or more, got 7778.15`,
      ],
    },
    {
      it: 'digits without quotes',
      from: 'initial: "123456"',
      to: 'initial: 123456',
      says: [
        `${file}:${lineOf('pin: {')}: chongqing-2021.pin.initial: expected digits in quotes, such as "123456", got 123456`,
      ],
    },
    {
      it: 'an initial PIN of another length',
      from: 'initial: "123456"',
      to: 'initial: "1234"',
      says: [
        `${file}:${lineOf('pin: {')}: chongqing-2021.pin.initial: expected as many digits as pin.length says, got "1234"`,
      ],
    },
    {
      it: 'an hour that no clock has',
      from: '"22:00-06:00"',
      to: '"22:00-26:00"',
      says: [
        `${file}:${lineOf('wallet: {per_day: 3')}: wallet-2025.wallet.closed: expected two different times such as "22:00-06:00", or null, got "22:00-26:00"`,
      ],
    },
    {
      it: 'closed from a time to the same time',
      from: '"22:00-06:00"',
      to: '"22:00-22:00"',
      says: [
        `${file}:${lineOf('wallet: {per_day: 3')}: wallet-2025.wallet.closed: expected two different times such as "22:00-06:00", or null, got "22:00-22:00"`,
      ],
    },
    {
      it: 'a wallet model without the rules of the wallet',
      from: 'wallet: {per_day: 3,',
      to: 'wallet: null # {',
      says: [
        `${file}:${lineOf('wallet: {per_day: 3')}: wallet-2025.wallet: expected the rules of the wallet, because fund_model is wallet, got null`,
      ],
    },
    {
      it: 'nobody who may provide',
      from: 'provider_insurance: [employee, resident]',
      to: 'provider_insurance: []',
      says: [
        `${file}:${lineOf('provider_insurance')}: chongqing-2021.provider_insurance: expected a list of employee, resident, not empty, got []`,
      ],
    },
    {
      it: 'no way to say who the beneficiary is',
      from: 'beneficiary_by: [cardNumber]',
      to: 'beneficiary_by: []',
      says: [
        `${file}:${lineOf('binding: {')}: shenzhen-2019.binding.beneficiary_by: expected a list of swipe, cardNumber, residentId, evoucher, not empty, got []`,
      ],
    },
    {
      it: 'documents that no rule knows',
      from: 'binding: {documents: provider_card,',
      to: 'binding: {documents: household_register,',
      says: [
        `${file}:${lineOf('binding: {')}: shenzhen-2019.binding.documents: expected one of one_of_three, provider_card, got "household_register"`,
      ],
    },
    {
      it: 'every problem at once, each at its line',
      from: '  relation_set: immediate\n  forbid_resident_resident: true',
      to: '  relation_set: far\n  forbid_resident_resident: maybe',
      says: [
        `${file}:${lineOf('relation_set: immediate')}: chongqing-2022.relation_set: expected one of none, immediate, near, got "far"`,
        `${file}:${lineOf('relation_set: immediate') + 1}: chongqing-2022.forbid_resident_resident: expected true or false, got "maybe"`,
      ],
    },
    {
      it: 'an unknown base',
      from: '<<: *sz19',
      to: 'extends: shenzen-2019',
      says: [
        `${file}:${lineOf('<<: *sz19')}: shenzhen-2023.extends: expected one of the profiles ${[...profiles.keys()].join(', ')}, got "shenzen-2019"`,
      ],
    },
    {
      it: 'a profile that extends itself',
      from: '<<: *sz19',
      to: 'extends: shenzhen-2023',
      says: [
        `${file}:${lineOf('<<: *sz19')}: shenzhen-2023.extends: expected no circle, got shenzhen-2023 → shenzhen-2023`,
      ],
    },
    {
      it: 'a key twice',
      from: '  relation_set: near\n  max_beneficiaries',
      to: '  relation_set: near\n  relation_set: none\n  max_beneficiaries',
      says: [`${file}:${lineOf('  relation_set: near\n') + 1}: expected YAML, got: Map keys must be unique`],
    },
    {
      it: 'an anchor that nobody defined',
      from: '<<: *sz19',
      to: '<<: *sz91',
      says: [
        `${file}:${lineOf('<<: *sz19')}: expected aliases to maps, got: Merge sources must be maps or map aliases`,
      ],
    },
  ])('$it', ({ from, to, says }) => {
    expect(text).toContain(from);
    const message = refusal(() =>
      loadPolicyProfiles(
        text.replace(from, () => to),
        file,
      ),
    );
    expect(message.split('\n')).toEqual(says);
  });

  it('R10, R20 a file that does not say how links are made has papers of both, and every way to name the beneficiary', () => {
    const without = text.replace(/\n {2}binding:\n {4}documents: .*\n {4}beneficiary_by: .*\n/, '\n');
    expect(without).not.toBe(text);
    const { binding } = profile('chongqing-2021');
    expect(loadPolicyProfiles(without, file).get('chongqing-2021')?.binding).toEqual(binding);
    expect(loadPolicyProfiles(without, file).get('shenzhen-2023')?.binding.documents).toBe('provider_card');
  });

  it('an unknown key is named with the keys that there are', () => {
    const wrong = text.replace('provider_reserve: 0\n  purposes', 'reserve: 0\n  purposes');
    const message = refusal(() => loadPolicyProfiles(wrong, file));
    expect(message).toMatch(
      /^policy-profiles\.yaml:\d+: shenzhen-2023\.reserve: unknown key, expected one of the keys provider_insurance, .*fund_sum_includes_acct, binding$/,
    );
    expect(message).toContain(`:${lineOf('provider_reserve: 0\n  purposes')}: `);
  });

  it('an unknown key inside a map is named with that map', () => {
    const message = refusal(() => loadPolicyProfiles(text.replace('single_use: true', 'single_use: true, x: 1'), file));
    expect(message).toMatch(/chongqing-2021\.evoucher\.x: unknown key, expected one of the keys digits, prefix, ttl_s/);
  });

  it('a missing key is named for the profile that lacks it', () => {
    const message = refusal(() => loadPolicyProfiles(text.replace('  ecard_slots: 8\n', ''), file));
    expect(message.split('\n')[0]).toBe(
      `${file}:${lineOf('chongqing-2021:')}: chongqing-2021.ecard_slots: expected a whole number, 0 or more, got nothing`,
    );
  });

  it.each(['', '- a\n', 'text', 'a: &x [*x]\n'])('%j is no file of profiles', (wrong) => {
    expect(refusal(() => loadPolicyProfiles(wrong, 'x.yaml'))).toMatch(/^x\.yaml:1: expected /);
  });

  it('has a literal code and the problems as data', () => {
    try {
      loadPolicyProfiles(text.replace('max_wrong: 6', 'max_wrong: 0'), file);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof PolicyProfileError)) throw error;
      expect(error.code).toBe('profileNotUnderstood');
      expect(error.problems).toEqual([
        {
          profile: 'chongqing-2021',
          path: ['pin', 'max_wrong'],
          line: lineOf('pin: {'),
          text: 'expected a whole number, 1 or more, got 0',
        },
      ]);
    }
  });
});

describe('inheritance', () => {
  it('the merge key is shallow: a map that is said again must be complete', () => {
    const message = refusal(() => loadPolicyProfiles(`${text}mine:\n  <<: *cq21\n  pin: {max_wrong: 3}\n`, file));
    expect(message).toContain('mine.pin.length: expected a whole number, 4 to 12, got nothing');
  });

  it('extends merges maps key by key, over several profiles', () => {
    const more = loadPolicyProfiles(
      `${text}mine: {extends: shenzhen-2023, pin: {max_wrong: 3}}\nyours: {extends: mine, pin: {timeout_s: 60}}\n`,
      file,
    );
    expect(more.get('yours')).toEqual({
      ...profile('shenzhen-2023'),
      name: 'yours',
      pin: { ...profile('shenzhen-2023').pin, maxWrong: 3, timeoutS: 60 },
    });
  });

  it('a profile may extend one that comes later', () => {
    const more = loadPolicyProfiles(`mine: {extends: chongqing-2021}\n${text}`, file);
    expect(more.get('mine')).toEqual({ ...profile('chongqing-2021'), name: 'mine' });
  });

  it('a circle over two profiles is refused', () => {
    const message = refusal(() => loadPolicyProfiles('a: {extends: b}\nb: {extends: a}\n', 'x.yaml'));
    expect(message.split('\n')).toEqual([
      'x.yaml:1: a.extends: expected no circle, got a → b → a',
      'x.yaml:2: b.extends: expected no circle, got b → a → b',
    ]);
  });
});

describe('a scenario extends a profile', () => {
  const where = { file: 'my.yaml', lineOf: (path: readonly (string | number)[]) => 10 + path.length };

  it('replaces single keys and merges maps', () => {
    const changes = { extends: 'chongqing-2021', own_mode: 'own_must_be_zero', pin: { max_wrong: 3 } };
    expect(extendProfile(profiles, changes, where)).toEqual({
      ...profile('chongqing-2021'),
      name: 'chongqing-2021 (changed)',
      ownMode: 'own_must_be_zero',
      pin: { ...profile('chongqing-2021').pin, maxWrong: 3 },
    });
  });

  it.each([...profiles.keys()])('%s without a change is itself', (name) => {
    expect(extendProfile(profiles, { extends: name }, where)).toEqual(profile(name));
  });

  it('is as strict as the file, and names the place', () => {
    const wrong = { extends: 'chongqing-2021', own_mode: 'x', pin: { tries: 3 }, fund_model: 'wallet' };
    const lines = refusal(() => extendProfile(profiles, wrong, where)).split('\n');
    expect(lines).toEqual([
      'my.yaml:11: chongqing-2021.own_mode: expected one of own_then_provider, own_must_be_zero, got "x"',
      'my.yaml:12: chongqing-2021.pin.tries: unknown key, expected one of the keys length, initial, initial_policy, max_wrong, unlock, timeout_s, max_unlocks',
    ]);
  });

  it('keys in the spelling of the code are unknown', () => {
    const message = refusal(() => extendProfile(profiles, { extends: 'chongqing-2021', ownMode: 'x' }, where));
    expect(message).toMatch(/^my\.yaml:11: chongqing-2021\.ownMode: unknown key, /);
  });

  it('a wallet model needs the rules of a wallet', () => {
    const wrong = { extends: 'chongqing-2021', fund_model: 'wallet' };
    expect(refusal(() => extendProfile(profiles, wrong, where))).toBe(
      'my.yaml:11: chongqing-2021.wallet: expected the rules of the wallet, because fund_model is wallet, got null',
    );
  });

  it.each(['shenzen', undefined, 5])('an unknown base (%j) is answered with the names', (name) => {
    const message = refusal(() => extendProfile(profiles, { extends: name }, where));
    expect(message).toMatch(/^my\.yaml:11: extends: expected one of the profiles chongqing-2021, .*, got /);
  });

  it('the same as an answer instead of an error', () => {
    expect(changedProfile(profile('chongqing-2021'), { own_mode: 'x' })).toEqual({
      ok: false,
      problems: [{ path: ['own_mode'], text: 'expected one of own_then_provider, own_must_be_zero, got "x"' }],
    });
  });
});

describe('the areas of the first cross-province list (R66)', () => {
  const areas = loadListedAreas(readFixture('cross-province-areas.yaml'));

  it('are 31 in 9 provinces', () => {
    const perProvince = new Map<string, number>();
    for (const area of areas) {
      const province = area.split('/')[0] ?? '';
      perProvince.set(province, (perProvince.get(province) ?? 0) + 1);
    }
    expect(areas.size).toBe(31);
    expect(Object.fromEntries(perProvince)).toEqual({
      湖北省: 6,
      河南省: 2,
      四川省: 3,
      重庆市: 1,
      山东省: 1,
      甘肃省: 1,
      河北省: 15,
      安徽省: 1,
      江苏省: 1,
    });
  });

  it('have 云阳县 as the only one of Chongqing (R68) and 省本级 as areas of their own (R67)', () => {
    expect([...areas].filter((area) => area.startsWith('重庆市'))).toEqual(['重庆市/云阳县']);
    expect([...areas].filter((area) => area.endsWith('/省本级'))).toEqual(['四川省/省本级', '河北省/省本级']);
  });

  it.each([
    ['', 'a.yaml:1: expected a map of areas by province'],
    ['四川省: 成都市\n', 'a.yaml:1: 四川省: expected a list of areas'],
    ['江苏省: [苏州市]\n四川省: [1]\n', 'a.yaml:2: 四川省: expected names of areas without a slash or a space'],
    ['四川省: [成都市\n', 'a.yaml:2: expected YAML, got: '],
  ])('%j is refused', (wrong, message) => {
    expect(refusal(() => loadListedAreas(wrong, 'a.yaml'))).toContain(message);
  });
});
