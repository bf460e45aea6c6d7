import { describe, expect, it } from 'vitest';
import { fen } from '../../src/domain/money.ts';
import type { Stage } from '../../src/ipc/view.ts';
import { hurryMs, remainingMs, secondsOf } from '../../src/ui/countdown.ts';
import { helpedBy, nextFault, stepped } from '../../src/ui/deck-steps.ts';
import { faceOf, isAboutUndo } from '../../src/ui/result-face.ts';
import { headlineSize, kept, sentenceSize } from '../../src/ui/sentence-breaks.ts';
import {
  asksForReader,
  bodyOf,
  closesDrawer,
  mayLookAside,
  mayTypeAmount,
  turnNow,
  turnOf,
} from '../../src/ui/turn.ts';
import { cannedViews } from './preview/canned-views.ts';
import { deck } from './preview/deck.ts';

const stages: Readonly<Record<Stage, { turn: string; body: string; drawer: 'stays' | 'closes' }>> = {
  recovering: { turn: 'terminal', body: 'notice', drawer: 'stays' },
  signedOut: { turn: 'clerk', body: 'notice', drawer: 'stays' },
  signingIn: { turn: 'terminal', body: 'notice', drawer: 'stays' },
  ready: { turn: 'clerk', body: 'pad', drawer: 'stays' },
  enteringAmount: { turn: 'clerk', body: 'pad', drawer: 'stays' },
  awaitingCard: { turn: 'customer', body: 'ladder', drawer: 'stays' },
  reading: { turn: 'terminal', body: 'ladder', drawer: 'stays' },
  identifying: { turn: 'terminal', body: 'ladder', drawer: 'closes' },
  awaitingAmount: { turn: 'clerk', body: 'pad', drawer: 'closes' },
  quoting: { turn: 'terminal', body: 'ladder', drawer: 'closes' },
  confirmingQuote: { turn: 'clerk', body: 'ladder', drawer: 'closes' },
  awaitingPin: { turn: 'customer', body: 'ladder', drawer: 'closes' },
  settling: { turn: 'terminal', body: 'ladder', drawer: 'closes' },
  previewingUndo: { turn: 'terminal', body: 'return', drawer: 'closes' },
  confirmingUndo: { turn: 'clerk', body: 'return', drawer: 'closes' },
  undoing: { turn: 'terminal', body: 'return', drawer: 'closes' },
  unknown: { turn: 'terminal', body: 'result', drawer: 'closes' },
  approved: { turn: 'done', body: 'result', drawer: 'closes' },
  declined: { turn: 'done', body: 'result', drawer: 'closes' },
  cancelled: { turn: 'done', body: 'result', drawer: 'closes' },
  undone: { turn: 'done', body: 'result', drawer: 'closes' },
  suspended: { turn: 'done', body: 'result', drawer: 'closes' },
  outOfService: { turn: 'stopped', body: 'notice', drawer: 'stays' },
};

describe('every stage', () => {
  it.each(Object.entries(stages) as [Stage, (typeof stages)[Stage]][])('%s has its picture', (stage, expected) => {
    expect({ turn: turnOf(stage), body: bodyOf(stage), drawer: closesDrawer(stage) ? 'closes' : 'stays' }).toEqual(
      expected,
    );
    expect(mayTypeAmount(stage)).toBe(expected.body === 'pad');
  });

  it('has a page in the preview', () => {
    const shown = new Set(Object.values(cannedViews).map((make) => make(0).stage));
    expect([...shown].sort()).toEqual(Object.keys(stages).sort());
  });
});

describe('a reader that is gone', () => {
  const shown = (name: string) => {
    const make = cannedViews[name];
    if (make === undefined) throw new Error(`no canned view ${name}`);
    return make(0);
  };
  it.each([
    ['lostWaiting', true, 'clerk'],
    ['lostReady', true, 'clerk'],
    ['lostDuringPin', false, 'customer'],
    ['awaitingCard', false, 'customer'],
  ])('%s: asks the clerk to plug it in: %s', (name, asks, turn) => {
    expect([asksForReader(shown(name)), turnNow(shown(name))]).toEqual([asks, turn]);
  });
});

describe('the face of a result', () => {
  it.each([
    ['approved', 'approved'],
    ['approvedWithCash', 'approved'],
    ['declinedLost', 'declined'],
    ['cancelled', 'cancelled'],
    ['timedOut', 'timedOut'],
    ['unknown', 'unknown'],
    ['undone', 'undone'],
    ['reversed', 'undone'],
    ['suspended', 'suspended'],
    ['undoRefused', 'declined'],
    ['undoCancelled', 'cancelled'],
    ['confirmingCancel', null],
    ['settling', null],
    ['ready', null],
  ])('%s: %s', (name, face) => {
    const make = cannedViews[name];
    expect(make && faceOf(make(0))).toBe(face);
  });
});

it('is told apart from a payment that did not happen when nothing was given back', () => {
  const about = (name: string) => isAboutUndo(cannedViews[name]?.(0) ?? { prompt: { id: 'ready', params: {} } });
  expect(['undoRefused', 'undoCancelled', 'declinedLost', 'cancelled'].map(about)).toEqual([true, true, false, false]);
});

describe('what lies beside the sale', () => {
  it.each(Object.entries(cannedViews))(
    '%s: never while a PIN is asked for, in the middle of a sale, nor while the binding desk is open',
    (_name, make) => {
      const view = make(0);
      const between = ['ready', 'unknown', 'approved', 'declined', 'cancelled', 'undone', 'suspended'];
      expect(mayLookAside(view)).toBe(view.binding === null && between.includes(view.stage));
      expect(mayLookAside({ ...view, padPin: { length: 6, typed: 0 } })).toBe(false);
    },
  );
});

it('is that of a time-out when the PIN took too long', () => {
  const result = { kind: 'cancelled', code: 'PIN_TIMEOUT', codeNumber: 'D22', fact: null, nextStepInMs: null } as const;
  expect(faceOf({ stage: 'cancelled', prompt: { id: 'cancelled', params: {} }, result })).toBe('timedOut');
});

describe('the countdown', () => {
  const timed = { countdown: { totalMs: 30_000, remainingMs: 22_000 }, sentAt: 1_000 };
  it.each([
    [1_000, 22_000],
    [11_500, 11_500],
    [23_000, 0],
    [99_000, 0],
    // A clock that was set back does not give the customer more time.
    [0, 22_000],
  ])('at %d ms there are %d ms left', (now, left) => {
    expect(remainingMs(timed, now)).toBe(left);
  });

  it('is null when no time-out runs', () => {
    expect(remainingMs({ countdown: null, sentAt: 0 }, 5)).toBeNull();
  });

  it('shows zero only when the time is over', () => {
    expect([secondsOf(1), secondsOf(0), secondsOf(hurryMs)]).toEqual([1, 0, 10]);
  });
});

describe('a sentence', () => {
  it.each([
    ['请输入金额,或请客户刷卡', 'zh-CN', ['请输入金额,', '或请客户刷卡']],
    ['未扣款。IC卡已挂失', 'zh-CN', ['未扣款。', 'IC卡已挂失']],
    ['Customer: enter the 6-digit PIN, then OK', 'en', ['6-digit']],
    ['请说:“请稍等，钱不会少。”', 'zh-CN', ['请说:“请稍等，', '钱不会少。”']],
    ['支付成功', 'zh-CN', []],
  ] as const)('%s keeps together what belongs together', (sentence, language, together) => {
    const parts = kept(sentence, language);
    expect(parts.map(({ text }) => text).join('')).toBe(sentence);
    expect(parts.filter((part) => part.together).map(({ text }) => text)).toEqual(together);
  });

  it('is set smaller the longer it is', () => {
    expect(['请刷卡', '未扣款。密码已锁定,请持卡和身份证到服务网点重置(12333)'].map(sentenceSize)).toEqual([
      'short',
      'longest',
    ]);
  });
});

it('leaves room for a counterpart that takes two lines', () => {
  const sentence = '请核对退回金额，按“确认”撤销这笔交易';
  expect([
    headlineSize(sentence, 'short'),
    headlineSize(sentence, 'x'.repeat(70)),
    headlineSize('请刷卡', 'x'.repeat(70)),
  ]).toEqual(['short', 'long', 'short']);
});

describe('the deck by keyboard', () => {
  const at = (household: number, person: number) => ({ household, person });
  it.each([
    ['ArrowRight', at(0, 0), at(0, 1)],
    ['ArrowRight', at(0, 2), at(1, 0)],
    ['ArrowLeft', at(1, 0), at(0, 2)],
    ['ArrowLeft', at(0, 0), at(0, 0)],
    ['ArrowDown', at(0, 2), at(1, 2)],
    ['ArrowUp', at(0, 1), at(0, 1)],
    ['ArrowDown', at(7, 1), at(7, 1)],
    ['ArrowRight', at(7, 2), at(7, 2)],
  ] as const)('%s from %j goes to %j', (key, from, to) => {
    expect(stepped(deck, from, key)).toEqual(to);
  });

  it('goes through all faults and comes back to none', () => {
    const round = ['half', 'noise', 'double', 'slow', 'reversed', 'none'];
    let fault = nextFault('none');
    for (const expected of round) {
      expect(fault).toBe(expected);
      fault = nextFault(fault);
    }
  });

  it('says whom a provider helps', () => {
    const [family] = deck;
    expect(family && helpedBy(family, '王小芳')).toEqual(['李秀兰']);
    expect(family && helpedBy(family, '李秀兰')).toEqual([]);
  });

  it('holds synthetic balances as money', () => {
    expect(deck[0]?.people[0]?.balance).toBe(fen(5000));
  });
});
