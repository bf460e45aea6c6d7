import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeclineCode, declineCodes } from '../../src/domain/decline-code.ts';
import { amountMax, fen } from '../../src/domain/money.ts';
import { type PromptId, prompts } from '../../src/domain/prompt.ts';
import {
  clips,
  promptVoice,
  spokenAmount,
  undoVoiceSentences,
  undoVoiceText,
  voiceSentences,
  voiceText,
} from '../../src/domain/voice.ts';
import { e2, settledSale, yuan } from './settled-sale.ts';
import { e22, undoneSale } from './undone-sale.ts';

describe('amounts aloud', () => {
  it.each([
    ['0.01', '零点零一元'],
    ['10', '十元'],
    ['20.50', '二十点五元'],
    ['105', '一百零五元'],
    ['110', '一百一十元'],
    ['1001', '一千零一元'],
    ['1010', '一千零一十元'],
    ['10000', '一万元'],
    ['10010', '一万零一十元'],
  ])('R141: %s is %s', (amount, spoken) => {
    expect(spokenAmount(yuan(amount))).toBe(spoken);
  });

  it.each([
    ['0', '零元'],
    ['0.10', '零点一元'],
    ['0.50', '零点五元'],
    ['1', '一元'],
    ['12', '十二元'],
    ['20', '二十元'],
    ['20.05', '二十点零五元'],
    ['33.34', '三十三点三四元'],
    ['80', '八十元'],
    ['100', '一百元'],
    ['111', '一百一十一元'],
    ['1000', '一千元'],
    ['1100', '一千一百元'],
    ['10001', '一万零一元'],
    ['10100', '一万零一百元'],
    ['11000', '一万一千元'],
    ['100000', '十万元'],
    ['100010', '十万零一十元'],
    ['110000', '十一万元'],
    ['1000000', '一百万元'],
    ['1010101.01', '一百零一万零一百零一点零一元'],
    ['2000200', '二百万零二百元'],
    ['9999999.99', '九百九十九万九千九百九十九点九九元'],
  ])('%s is %s', (amount, spoken) => {
    expect(spokenAmount(yuan(amount))).toBe(spoken);
  });

  it.each([
    [100_000_000_00, '一亿元'],
    [100_010_000_00, '一亿零一万元'],
    [1_010_100_000_00, '十亿一千零一十万元'],
  ])('balances above the largest sale are read too: %i fen is %s', (amount, spoken) => {
    expect(spokenAmount(fen(amount))).toBe(spoken);
  });

  it('what is spoken can be understood: it reads back to the same amount', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat({ max: 100_000 }), fc.nat({ max: amountMax })), (amount) => {
        expect(heard(spokenAmount(fen(amount)))).toBe(amount);
      }),
    );
  });

  it('every amount of a sale is made of recordings that a terminal has (R139)', () => {
    const known = new Set<string>(clips);
    fc.assert(
      fc.property(fc.nat({ max: amountMax }), (amount) => {
        expect([...spokenAmount(fen(amount))].filter((character) => !known.has(character))).toEqual([]);
      }),
    );
  });
});

/** Listens to an amount below one hundred million yuan: the fen that a customer would understand. */
function heard(spoken: string): number {
  const digits = '零一二三四五六七八九';
  const [whole = '', tail = ''] = spoken.replace('元', '').split('点');
  const group = (text: string): number => {
    let total = 0;
    let digit = 0;
    for (const character of text.replace(/^十/, '一十')) {
      const unit = { 十: 10, 百: 100, 千: 1000 }[character];
      if (unit === undefined) digit = digits.indexOf(character);
      else {
        total += digit * unit;
        digit = 0;
      }
    }
    return total + digit;
  };
  const [below = '', above = ''] = whole.split('万').reverse();
  const decimals = [...tail].map((character) => digits.indexOf(character)).join('');
  return (group(above) * 10_000 + group(below)) * 100 + Number(decimals.padEnd(2, '0'));
}

describe('the voice of a settled sale', () => {
  it('E2 as text', () => {
    expect(voiceText(e2)).toBe('本次消费八十元，共济支付三十元，余额为零元');
  });

  it('E2 as recordings, the shared part as a phrase', () => {
    const clip = (name: string) => ({ kind: 'clip', clip: name });
    expect(voiceSentences(e2)).toEqual([
      ['本次消费', '八', '十', '元'].map(clip),
      [{ kind: 'phrase', text: '共济支付' }, ...['三', '十', '元'].map(clip)],
      ['余额为', '零', '元'].map(clip),
    ]);
  });

  it('E1 says nothing of shared money', () => {
    expect(voiceText(settledSale({ own: '30', ownAfter: '20' }))).toBe('本次消费三十元，余额为二十元');
  });

  it('E5 says 余额不足， then the cash', () => {
    expect(voiceText(settledSale({ own: '0', cash: '25.50' }))).toBe(
      '本次消费二十五点五元，余额不足，请付现金二十五点五元，余额为零元',
    );
  });

  it('cash for goods that no account may buy is not for want of money', () => {
    expect(voiceText(settledSale({ own: '60', ownAfter: '5', cash: '20', notEligible: '20' }))).toBe(
      '本次消费八十元，请付现金二十元，余额为五元',
    );
  });

  it("R142: a provider's balance is never said, even if a row should carry one", () => {
    const rows = e2.split.rows.map((row) => (row.source === 'provider' ? { ...row, after: yuan('7313.37') } : row));
    const sale = { ...e2, split: { ...e2.split, rows } };
    expect(voiceText(sale)).toBe(voiceText(e2));
    expect(voiceText(sale, 'en')).toBe('Total 80.00 yuan, shared 30.00 yuan, balance 0.00 yuan');
  });
});

describe('the voice of money given back', () => {
  it('E22: the sum, the cash to take, the own balance, digits as in R141', () => {
    expect(undoVoiceText(e22)).toBe('退款一百元，请取回现金三十元，余额为五十元');
    expect(undoVoiceText(e22, 'en')).toBe('Refund 100.00 yuan, please take 30.00 yuan in cash, balance 50.00 yuan');
    expect(undoVoiceText({ ...e22, kind: 'cancel' })).toBe(undoVoiceText(e22));
  });

  it('E22 as recordings where there are some', () => {
    const clip = (name: string) => ({ kind: 'clip', clip: name });
    expect(undoVoiceSentences(e22)).toEqual([
      [{ kind: 'phrase', text: '退款' }, ...['一', '百', '元'].map(clip)],
      [{ kind: 'phrase', text: '请取回现金' }, ...['三', '十', '元'].map(clip)],
      ['余额为', '五', '十', '元'].map(clip),
    ]);
  });

  it('says nothing of cash where there is none, and what is to be paid where the link is gone', () => {
    expect(undoVoiceText(undoneSale({ own: '20.50', ownBefore: '1' }))).toBe('退款二十点五元，余额为二十一点五元');
    const due = undoneSale({ shares: [{ name: '李*', returned: '20' }], cashDue: '10' });
    expect(undoVoiceText(due)).toBe('退款十元，请付现金十元，余额为零元');
    expect(undoVoiceText(due, 'en')).toBe('Refund 10.00 yuan, please pay 10.00 yuan in cash, balance 0.00 yuan');
  });

  it('a reversed sale: nothing stays charged, and no cash was asked for', () => {
    expect(undoVoiceText({ ...e22, kind: 'reversal' })).toBe('交易已冲正，未扣款，余额为五十元');
    expect(undoVoiceText({ ...e22, kind: 'reversal' }, 'en')).toBe('Reversed, nothing was charged, balance 50.00 yuan');
  });

  it("R142: a provider's balance is never said, even if a row should carry one", () => {
    const rows = e22.returned.rows.map((row) => (row.source === 'provider' ? { ...row, after: yuan('7313.37') } : row));
    const undo = { ...e22, returned: { ...e22.returned, rows } };
    for (const language of ['zh-CN', 'en'] as const) {
      expect(undoVoiceText(undo, language)).toBe(undoVoiceText(e22, language));
    }
  });
});

describe('the voice of prompts (R139, R140)', () => {
  it.each<[PromptId, string | null]>([
    ['ready', '欢迎使用'],
    ['presentCard', '请刷卡'],
    ['retryHalfRead', '请重新刷卡'],
    ['retryNotACard', '无效卡'],
    ['enterPin', '请输入6位社保卡密码，并按“确认”键'],
    ['enterPinAgain', '密码错误'],
    ['takeReceipt', '请取走凭条'],
    ['quoting', null],
    ['settling', null],
    ['unknownToQuery', '正在向医保中心核实，请稍候，不会重复扣款'],
    ['unknownToReverse', '正在向医保中心核实，请稍候，不会重复扣款'],
    ['unknownReversing', '正在向医保中心核实，请稍候，不会重复扣款'],
    ['unknownUndoToQuery', '退款正在核实，请稍候，钱不会少'],
    ['suspended', '交易结果正在核实，请咨询店员'],
    ['notCharged', '未扣款'],
    ['reversed', '交易已冲正，未扣款'],
    ['undoNotDone', '未退款'],
    ['undone', '已退款'],
  ])('%s: %s', (id, spoken) => {
    expect(promptVoice({ id, params: { length: '6', triesLeft: '5' } })).toBe(spoken);
  });

  it.each<[DeclineCode, string | null]>([
    ['CARD_UNREADABLE', '请重新刷卡'],
    ['CARD_LOST', '无效卡'],
    ['CARD_FAKE', '无效卡'],
    ['INSURANCE_NOT_NORMAL', '消费失败'],
    ['PIN_WRONG', '密码错误'],
    ['PIN_LOCKED', '消费失败'],
    ['PIN_TIMEOUT', null],
    ['QUOTE_STALE', null],
  ])('declined with %s: %s', (code, spoken) => {
    expect(promptVoice({ id: 'declined', params: { code } })).toBe(spoken);
  });

  it('cash in a prompt is read aloud as in R141', () => {
    expect(promptVoice({ id: 'undoneWithCash', params: { cash: '20.50' } })).toBe('已退款，请取回现金二十点五元');
    expect(promptVoice({ id: 'undoneCashDue', params: { cash: '0.01' } })).toBe('已退款，请付现金零点零一元');
    expect(promptVoice({ id: 'undoneWithCash', params: { cash: '20.50' } }, 'en')).toBe(
      'Your money was given back. Please take 20.50 yuan in cash',
    );
  });

  it("in English a prompt that is spoken says its own sentence, and no prompt's voice has a gap in it", () => {
    expect(promptVoice({ id: 'retryNoise', params: {} }, 'en')).toBe(prompts.retryNoise.en);
    for (const id of Object.keys(prompts) as (keyof typeof prompts)[]) {
      // What is said aloud is for the customer, never about him.
      const params = { length: '6', triesLeft: '5', cash: '1.00', code: 'CARD_LOST' };
      expect(promptVoice({ id, params }, 'en') ?? '').not.toMatch(/customer/i);
    }
    const params = { length: '6', triesLeft: '5', cash: '1.00' };
    for (const id of Object.keys(prompts) as PromptId[]) {
      for (const code of Object.keys(declineCodes)) {
        for (const language of ['zh-CN', 'en'] as const) {
          expect(promptVoice({ id, params: { ...params, code } }, language) ?? '').not.toMatch(/[{}]/);
        }
      }
    }
  });
});
