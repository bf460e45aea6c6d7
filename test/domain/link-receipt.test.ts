import { describe, expect, it } from 'vitest';
import { linkReceiptLines } from '../../src/domain/link-receipt.ts';
import { type LinkRecord, linkDeeds } from '../../src/domain/link-record.ts';
import { linkCaution } from '../../src/domain/link-words.ts';
import { fen } from '../../src/domain/money.ts';
import { languages } from '../../src/domain/prompt.ts';
import { columnsOf, type ReceiptLine, receiptText } from '../../src/domain/receipt.ts';

const at = Date.parse('2025-04-19T10:00:00+08:00');

const made: LinkRecord = {
  recordId: 'B20250419000001',
  deed: 'linked',
  linkId: 'L20250419000001',
  at,
  provider: {
    maskedName: '王*芸',
    maskedCard: '****0027',
    maskedId: '****4425',
    insurance: 'employee',
    area: '重庆市/渝中区',
  },
  beneficiary: {
    maskedName: '李*兰',
    maskedCard: '****0019',
    maskedId: '****6642',
    insurance: 'resident',
    area: '重庆市/云阳县',
  },
  relation: 'parent',
  since: at,
  until: null,
  quota: null,
  profile: 'chongqing-2021',
  profileVersion: '0123456789abcdef',
  channel: 'counter',
  documents: { provider: 'socialCard', beneficiary: 'idCard' },
  cautionTicked: true,
  beneficiaryConsents: false,
  institution: { code: 'H99000000001', name: '共济示范医院' },
  terminal: 'T0000001',
  operator: '01',
  reason: null,
  replaces: null,
};

function says(record: LinkRecord, options?: { readonly reprint?: boolean }): readonly string[] {
  return linkReceiptLines(record, 'zh-CN', options)
    .filter(({ kind }) => kind !== 'rule')
    .map(({ label, value }: ReceiptLine) => (value === '' ? label : `${label}=${value}`));
}

describe('the slip of a link', () => {
  it('made at a counter: number, both people with their roles, documents, relation, from when, rules, notice, signature', () => {
    expect(says(made)).toEqual([
      '医保个人账户关联确认单',
      '测试环境 模拟业务 不涉及真实资金',
      '办理机构=共济示范医院',
      '机构编号=H99000000001',
      '终端编号=T0000001',
      '经办人=01',
      '办理渠道=经办窗口',
      '关联编号=L20250419000001',
      '业务编号=B20250419000001',
      '办理时间=2025-04-19 10:00:00',
      '提供人（由其账户付款）',
      '姓名=王*芸',
      '身份证号=****4425',
      '社保卡号=****0027',
      '险种=职工医保',
      '参保地=重庆市/渝中区',
      '出示证件=社保卡',
      '使用人（看病买药）',
      '姓名=李*兰',
      '身份证号=****6642',
      '社保卡号=****0019',
      '险种=居民医保',
      '参保地=重庆市/云阳县',
      '出示证件=居民身份证',
      '使用人是提供人的=父母',
      '生效时间=2025-04-19 10:00:00',
      '截止时间=长期有效',
      '执行规则=chongqing-2021',
      '规则版本=0123456789abcdef',
      '已阅读并确认：',
      linkCaution['zh-CN'],
      '提供人签名=____________',
    ]);
  });

  it('R138 a reprint says so above everything else and changes nothing', () => {
    expect(says(made, { reprint: true })).toEqual(['重印', ...says(made)]);
  });

  it('R12 where the beneficiary agreed, it says so and he signs too', () => {
    const told = says({ ...made, beneficiaryConsents: true });
    expect(told.slice(-3)).toEqual(['使用人已同意', '提供人签名=____________', '使用人签名=____________']);
  });

  it('R75 the quota is an amount', () => {
    const lines = linkReceiptLines({ ...made, quota: fen(30_000) }, 'zh-CN');
    expect(lines).toContainEqual({ kind: 'amount', label: '共济额度', value: '300.00' });
  });

  it('R7 a link with an end says when', () => {
    expect(says({ ...made, until: Date.parse('2026-01-01T00:00:00+08:00') })).toContain('截止时间=2026-01-01 00:00:00');
  });

  it('R8 one that takes another’s place names that one', () => {
    const told = says({ ...made, replaces: 'L20240101000001' });
    expect(told[0]).toBe('医保个人账户关联变更确认单');
    expect(told).toContain('原关联编号=L20240101000001');
  });

  it('R9 made on the telephone: no counter, no documents, nobody signs', () => {
    const told = says({
      ...made,
      channel: 'phone',
      documents: { provider: null, beneficiary: null },
      institution: null,
      terminal: null,
      operator: 'self',
    });
    expect(told).toContain('办理渠道=手机');
    expect(told).toContain('经办人=本人');
    expect(told.filter((line) => /机构|终端|证件|签名/.test(line))).toEqual([]);
  });

  it('R22 ended: when, why, what comes back of the quota, and that the past stays', () => {
    const told = says({
      ...made,
      deed: 'ended',
      until: Date.parse('2025-04-20T00:00:00+08:00'),
      quota: fen(12_050),
      reason: '本人要求',
    });
    expect(told[0]).toBe('医保个人账户关联解除确认单');
    expect(told).toEqual(
      expect.arrayContaining([
        '解除生效=2025-04-20 00:00:00',
        '退还提供人额度=120.50',
        '解除原因=本人要求',
        '已结算的费用不受影响',
      ]),
    );
    expect(told).not.toContain(linkCaution['zh-CN']);
  });

  it.each([
    ['zh-CN', '解除原因', '变更关联'],
    ['en', 'Reason', 'Changed for another link'],
  ] as const)('R8, R23 a reason of the centre’s own is in the slip’s language alone: %s', (language, label, value) => {
    const ended: LinkRecord = { ...made, deed: 'ended', until: at, reason: { code: 'changed' } };
    expect(linkReceiptLines(ended, language)).toContainEqual({ kind: 'field', label, value });
    const said = linkReceiptLines({ ...ended, reason: 'changed' }, language);
    expect(said).toContainEqual({ kind: 'field', label, value: 'changed' });
  });

  it('R75 a changed quota: from what to what, and the link goes on', () => {
    const changed: LinkRecord = { ...made, deed: 'quotaSet', quotaBefore: fen(12_050), quota: fen(20_000) };
    const told = says(changed);
    expect(told[0]).toBe('共济额度调整单');
    expect(told).toEqual(expect.arrayContaining(['调整前额度=120.50', '共济额度=200.00', '截止时间=长期有效']));
    expect(told).not.toContain(linkCaution['zh-CN']);
    expect(says({ ...changed, quotaBefore: null })).toContain('调整前额度=未设');
  });

  it('R23 dissolved by itself: no clerk and no signature', () => {
    const told = says({
      ...made,
      deed: 'dissolved',
      channel: null,
      institution: null,
      terminal: null,
      operator: 'self',
      until: at,
      reason: '参保地变更',
    });
    expect(told.slice(0, 3)).toEqual([
      '医保个人账户关联自动解除单',
      '测试环境 模拟业务 不涉及真实资金',
      '办理渠道=系统自动',
    ]);
    expect(told.filter((line) => /经办人|签名/.test(line))).toEqual([]);
  });

  it.each(linkDeeds)('%s fits a roll of 58 mm in both languages', (deed) => {
    for (const language of languages) {
      const lines = linkReceiptLines({ ...made, deed, quota: fen(1), until: at, reason: 'x' }, language, {
        reprint: true,
      });
      expect(lines.every(({ kind, label }) => kind === 'rule' || label !== '')).toBe(true);
      for (const line of receiptText(lines).split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(32);
    }
  });
});
