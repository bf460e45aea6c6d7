import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bill, embeddedOptions, link, person, StandingClock, yuan } from './centre-world.ts';
import { openOwnAnswers } from './own-answers.ts';
import { profile } from './profiles.ts';
import { Counter } from './sales-counter.ts';

it('R26, R75: a refund whose rest would not use the quota any more, because the rules have changed, is asked for anew', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gongji-undo-'));
  const clock = new StandingClock();
  const open = (name: string) =>
    openOwnAnswers(
      embeddedOptions(profile(name, { partialRefund: 'cancel_and_resettle' }), clock, join(folder, 'centre.sqlite')),
    );
  try {
    const quotas = open('national-2026');
    for (const id of ['mother', 'daughter'])
      quotas.registry.addPerson(person(id, { balance: id === 'mother' ? '0' : '100' }));
    quotas.registry.addLink(link('daughter', 'mother', { quota: yuan('60') }));
    const before = new Counter(quotas);
    const { settlementId } = await before.sell('mother', bill('32'));
    const agreed = await before.preview('refund', settlementId, yuan('3'));
    quotas.close();

    const plain = open('national-2024');
    const after = new Counter(plain, 'T2');
    const now = await after.preview('refund', settlementId, yuan('3'));
    expect(now.returned).toEqual(agreed.returned);
    const request = { ...after.next(), settlementId, amount: yuan('3'), digest: agreed.digest };
    expect(await plain.centre.refund(request)).toMatchObject({ kind: 'undoStale' });
    plain.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
