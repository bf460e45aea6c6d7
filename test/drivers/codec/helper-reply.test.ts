import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { type HelperDialectName, helperDialects, helperReplyMax } from '../../../drivers/codec/helper-reply.ts';
import { encodeIReadCardBas } from '../../../drivers/codec/ireadcardbas.ts';
import capture from '../../../fixtures/captures/sscard-helper-websocket.json' with { type: 'json' };
import chipCapture from '../../../fixtures/captures/sscard-ireadcardbas.json' with { type: 'json' };
import { syntheticCard } from '../synthetic-card.ts';
import { revealed } from './revealed.ts';

const person = syntheticCard(5);
const pOutInfo = iconv.decode(Buffer.from(encodeIReadCardBas(person)), 'gbk');
const extended = `639900D15600000500BF7C7A48FB4966|3|1.00|639900|20101001|20201001|X00000019|111111198101011110|张三|1|01|639900|19810101|`;
const chip = { ok: true, kind: 'card', chip: { cardSn: person.cardSn.expose(), name: person.name.expose() } };
const refused = { ok: false, reason: 'refused' };
const noise = { ok: false, reason: 'noise' };
const track1 = 'B6210947000000021^GONGJI/TEST CARD^1808101';
const track2 = '6210947000000021=1808101';
const magnetic = {
  ok: true,
  kind: 'card',
  track1: { pan: '6210947000000021', name: 'GONGJI/TEST CARD' },
  track2: { pan: '6210947000000021', expiry: '1808' },
};

function answer(dialect: HelperDialectName, reply: unknown): unknown {
  return revealed(helperDialects[dialect].decode(typeof reply === 'string' ? reply : JSON.stringify(reply)));
}

describe('replies', () => {
  it.each([
    ['decard', { result: '0', out: [pOutInfo] }, chip],
    ['decard', { result: 0, out: [pOutInfo] }, chip],
    ['decard', { result: '0', out: [`${pOutInfo}\0\0garbage`] }, chip],
    ['decard', { result: '0', out: [extended] }, { ok: true, chip: { region: '639900', name: '张三', sex: '1' } }],
    ['decard', { result: '0', out: [chipCapture.captures[1]?.wire] }, { ok: true, chip: { region: '411600' } }],
    ['decard', { result: '-2201', out: [] }, refused],
    ['decard', { result: '0', out: [] }, noise],
    ['decard', { result: '0' }, noise],
    ['decard', { out: [pOutInfo] }, noise],
    ['port-12342', { success: 0, pOutInfo }, chip],
    ['port-12342', { success: '1', pOutInfo }, chip],
    ['port-12342', { success: true, pOutInfo }, chip],
    ['port-12342', { success: -2 }, { waiting: true }],
    ['port-12342', { success: '-2', pOutInfo: '' }, { waiting: true }],
    ['port-12342', { success: -1, pOutInfo: '' }, refused],
    ['port-12342', { success: false }, refused],
    ['port-12342', { success: 0, pOutInfo: null }, noise],
    ['sichuan', { code: 1, msg: 'ok', biz_data: { pOutInfo } }, chip],
    ['sichuan', { code: '1', msg: '', biz_data: { pOutInfo } }, chip],
    ['sichuan', { code: 0, msg: '读卡失败', biz_data: null }, refused],
    ['sichuan', { code: 1, biz_data: [pOutInfo] }, noise],
    ['sichuan', { msg: 'ok', biz_data: { pOutInfo } }, noise],
    ['dkqapp', { bizcode: '1', recode: '0', body: { pOutInfo } }, chip],
    ['dkqapp', { bizcode: '1', recode: '-1', body: {} }, refused],
    ['dkqapp', { bizcode: '1', recode: 'false', body: {} }, refused],
    ['dkqapp', { bizcode: '1', recode: '0' }, noise],
    ['dkqapp', [pOutInfo], noise],
    ['dkqapp', 'not JSON', noise],
    ['dkqapp', '', noise],
    ['dkqapp', 'null', noise],
    ['dkqapp', '{"body":{"pOutInfo":"', noise],
  ] as const)('%s %j', (dialect, reply, expected) => {
    expect(answer(dialect, reply)).toMatchObject(expected);
  });

  it.each([
    ['half a line', pOutInfo.slice(0, 70), 'halfRead'],
    ['another text', '读卡成功', 'noise'],
    ['too many fields', `${pOutInfo}|||||||`, 'wrongLength'],
    ['longer than a card', '1'.repeat(1025), 'tooLong'],
  ])('%s of a card is told', (_it, text, reason) => {
    expect(answer('port-12342', { success: 0, pOutInfo: text })).toEqual({ ok: false, reason });
  });
});

describe('dc_readmag', () => {
  it.each([
    ['without sentinels', [track1, '42', track2, '24', '', '0'], magnetic],
    ['with sentinels', [`%${track1}?`, 44, `;${track2}?`, 26, '', 0], magnetic],
    ['stale characters beyond the length', [`${track1}999`, '42', `${track2}99`, '24', 'x', '0'], magnetic],
    ['no card', ['', '0', '', '0', '', '0'], { ok: false, reason: 'blankCard' }],
    [
      'a length beyond the text',
      [track1, '42', track2, '30', '', '0'],
      { track1: magnetic.track1, errors: [{ track: 2, reason: 'wrongLength' }] },
    ],
    ['a length that is none', [track1, 'x', track2, '24', '', '0'], noise],
    ['a negative length', [track1, '-1', track2, '24', '', '0'], noise],
    ['tracks that are no text', [1, '1', 2, '1', null, '0'], noise],
  ])('%s', (_it, out, expected) => {
    expect(answer('decard', { result: '0', out })).toMatchObject(expected);
  });
});

describe('properties', () => {
  const names = Object.keys(helperDialects) as HelperDialectName[];

  it('any text, any JSON and any values in the fields that are looked at give an answer', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('0', '1', '-2', 0, 1, -2, pOutInfo, extended));
    const reply = fc.record(
      {
        result: value,
        out: fc.oneof(value, fc.array(value, { maxLength: 6 })),
        success: value,
        pOutInfo: value,
        code: value,
        biz_data: fc.oneof(value, fc.record({ pOutInfo: value })),
        recode: value,
        body: fc.oneof(value, fc.record({ pOutInfo: value })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          reply.map((fields) => JSON.stringify(fields)),
        ),
        (text) => {
          for (const name of names) expect(JSON.stringify(answer(name, text)).length).toBeLessThan(3000);
        },
      ),
    );
  });

  it('a reply beyond the bound is not looked at', () => {
    const reply = JSON.stringify({ success: 0, pOutInfo, more: 'x'.repeat(helperReplyMax) });
    for (const name of names) expect(answer(name, reply)).toEqual({ ok: false, reason: 'tooLong' });
    for (const name of names) expect(answer(name, '['.repeat(helperReplyMax))).toEqual(noise);
  });

  it('no name or number prints', () => {
    const printed = JSON.stringify(helperDialects.decard.decode(JSON.stringify({ result: '0', out: [pOutInfo] })));
    for (const text of [person.name, person.cardSn, person.ssCardNumber, person.socialSecurityNumber]) {
      expect(printed).not.toContain(text.expose());
    }
  });
});

it('requests are those of the public clients', () => {
  const requests = capture.captures.flatMap(({ request }) => request ?? []);
  expect(requests.slice(0, 2)).toEqual([helperDialects.decard.request, helperDialects['port-12342'].request]);
  expect(JSON.parse(helperDialects.sichuan.request).in).toHaveLength(JSON.parse(requests[2] ?? '').in.length);
});
