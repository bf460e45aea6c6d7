import { Bench } from 'tinybench';
import { type ChargeInput, planCharge } from '../../src/domain/charge-plan.ts';
import { zeroFen } from '../../src/domain/money.ts';
import { bill, start, yuan } from '../centre/centre-world.ts';
import { profile } from '../centre/profiles.ts';
import { type Figure, ratioOf, spread } from './figure.ts';

const rounds = 7;
const roundMs = 200;
/** So many plans a sample: one alone is shorter than what the clock can tell apart. */
const plansPerSample = 100;

const provider = (index: number): ChargeInput['providers'][number] => ({
  linkId: `L${String(index).padStart(8, '0')}`,
  linkedAt: start - index,
  rank: null,
  balance: yuan(`${index}.50`),
  status: 'normal',
  card: 'normal',
  quotaLeft: null,
  obstacle: null,
});
const purse = {
  own: { balance: yuan('50'), earmarked: zeroFen },
  wallet: { balance: zeroFen, bothOpened: false },
} as const;

/** The seed's sale: 80.00, of which 50.00 are the customer's own. */
const typical: ChargeInput = {
  ...purse,
  profile: profile('chongqing-2021'),
  bill: bill('80'),
  providers: [{ ...provider(1), balance: yuan('200') }],
};
/** A hospital bill with forty lines, paid by twenty relatives, the richest first. */
const wide: ChargeInput = {
  ...purse,
  profile: profile('national-2024', { providerOrder: 'balance_desc' }),
  bill: {
    ...bill('400', '100'),
    goods: Array.from({ length: 40 }, (_, line) => ({ amount: yuan('10'), kind: line % 4 === 0 ? 'device' : 'drug' })),
  },
  providers: Array.from({ length: 20 }, (_, index) => provider(index)),
};

/** Charge plans per second, in this process: rounds of both cases in turn. */
export async function measurePlans(): Promise<readonly Figure[]> {
  const rates = { typical: [] as number[], wide: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    rates.typical.push(await plansPerSecond(typical));
    rates.wide.push(await plansPerSecond(wide));
  }
  const what = 'own + one provider';
  const common = { part: 'planCharge', unit: '/s' };
  return [
    { ...common, what, ...spread(rates.typical) },
    {
      ...common,
      what: '40 goods, own + 20 providers',
      ...spread(rates.wide),
      ratio: ratioOf(rates.wide, what, rates.typical),
    },
  ];
}

async function plansPerSecond(input: ChargeInput): Promise<number> {
  const bench = new Bench({ time: roundMs, warmupTime: 50 });
  bench.add('plans', () => {
    for (let plan = 0; plan < plansPerSample; plan++) planCharge(input);
  });
  await bench.run();
  const result = bench.tasks[0]?.result;
  if (result?.state !== 'completed') throw new Error(`plans were not measured: ${result?.state}`);
  return result.throughput.p50 * plansPerSample;
}
