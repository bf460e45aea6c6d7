import { beforeEach, describe, expect, it } from 'vitest';
import type { Bridge, Hello } from '../../src/ipc/channels.ts';
import { customerPart } from '../../src/ipc/customer-part.ts';
import type { Intent } from '../../src/ipc/intent.ts';
import type { CustomerView, TerminalView } from '../../src/ipc/view.ts';
import { createScreen, type Screen } from '../../src/ui/screen.ts';
import { cannedViews } from './preview/canned-views.ts';

function canned(name: string): TerminalView {
  const make = cannedViews[name];
  if (make === undefined) throw new Error(`no canned view ${name}`);
  return make(0);
}

let intents: Intent[];
let sayView: (view: TerminalView) => void;
let sayCustomerView: (view: CustomerView) => void;
let sayHello: (hello: Hello) => void;
let screen: Screen;
let sealedLines: (readonly [line: string, publicKey: string])[];

const hello: Hello = {
  role: 'operator',
  settings: { language: 'zh-CN', theme: 'system', voice: true },
  view: canned('ready'),
  customerView: null,
  deck: [],
  wedgeKey: 'key',
  customerDisplay: false,
};

async function greet(change: Partial<Hello> = {}): Promise<void> {
  sayHello({ ...hello, ...change });
  await Promise.resolve();
  await Promise.resolve();
}

beforeEach(() => {
  intents = [];
  const bridge: Bridge = {
    hello: () =>
      new Promise((resolve) => {
        sayHello = resolve;
      }),
    send: async (intent) => void intents.push(intent),
    onView: (listener) => {
      sayView = listener;
      return () => {};
    },
    onCustomerView: (listener) => {
      sayCustomerView = listener;
      return () => {};
    },
    onSettings: () => () => {},
  };
  const sealed = { publicKey: 'p', iv: 'i', sealed: 's' };
  sealedLines = [];
  screen = createScreen(bridge, {
    digits: async () => sealed,
    line: async (line, publicKey) => {
      sealedLines.push([line, publicKey]);
      return sealed;
    },
  });
});

describe('a screen', () => {
  it('draws the view that came before the hello was answered, not the older one inside it', async () => {
    sayView(canned('awaitingCard'));
    await greet();
    expect(screen.state()?.view?.stage).toBe('awaitingCard');
  });

  it('shows a typed digit at once and sends the text', async () => {
    await greet();
    screen.typeAmount('8');
    screen.typeAmount('0');
    expect(screen.state()?.draft.text).toBe('80');
    expect(intents).toEqual([
      { kind: 'amount.edit', text: '8' },
      { kind: 'amount.edit', text: '80' },
    ]);
  });

  it.each([
    ['enteringAmount', { kind: 'amount.submit', text: '80.0' }],
    ['confirmingQuote', { kind: 'key.confirm' }],
    ['approved', { kind: 'key.confirm' }],
    ['confirmingCancel', { kind: 'key.confirm' }],
    ['unknown', { kind: 'key.confirm' }],
    ['signedOut', { kind: 'operator.signIn' }],
  ])('confirms %s with %j', async (name, intent) => {
    await greet({ view: canned(name) });
    screen.confirm();
    expect(intents).toEqual([intent]);
  });

  it('sends nothing on Enter when there is nothing to confirm', async () => {
    await greet({ view: canned('settling') });
    screen.confirm();
    expect(intents).toEqual([]);
  });

  it('asks to cancel in every stage: the terminal says why not', async () => {
    await greet({ view: canned('settling') });
    screen.cancel();
    expect(intents).toEqual([{ kind: 'key.cancel' }]);
  });
});

describe('what devices type', () => {
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('leaves the screen sealed and in order', async () => {
    await greet();
    screen.wedge.began();
    screen.wedge.line('one');
    screen.wedge.began();
    screen.wedge.line('two');
    await settled();
    expect(sealedLines).toEqual([
      ['one', 'key'],
      ['two', 'key'],
    ]);
    const sealed = { kind: 'wedge.sealed', publicKey: 'p', iv: 'i', sealed: 's' };
    expect(intents).toEqual([{ kind: 'wedge.began' }, sealed, { kind: 'wedge.began' }, sealed]);
  });

  it('goes nowhere before the terminal has said hello', async () => {
    screen.wedge.line('one');
    await settled();
    expect(intents).toEqual([]);
  });
});

describe('the PIN pad belongs to one screen', () => {
  const asked = canned('awaitingPin');
  it.each([
    ["the operator's, when it shows the customer's panel", { view: asked }, 'open'],
    ["not the operator's, when the customer has a display", { view: asked, customerDisplay: true }, 'closed'],
    ["the customer's display", { role: 'customer', view: null, customerView: customerPart(asked) }, 'open'],
  ] as const)('%s', async (_whose, change, phase) => {
    await greet(change);
    expect(screen.pin.state().phase).toBe(phase);
  });

  it('closes with the view that no longer asks for it', async () => {
    await greet({ view: asked });
    screen.pin.digit(1);
    sayView(canned('settling'));
    expect(screen.pin.state()).toMatchObject({ phase: 'closed', count: 0 });
  });

  it("follows the customer's views on the customer's display", async () => {
    await greet({ role: 'customer', view: null, customerView: customerPart(canned('awaitingCard')) });
    sayCustomerView(customerPart(asked));
    expect(screen.pin.state().phase).toBe('open');
  });
});
