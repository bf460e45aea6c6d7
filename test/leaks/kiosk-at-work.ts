import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { ScreenRole } from '../../src/ipc/channels.ts';
import type { Intent } from '../../src/ipc/intent.ts';
import { sealDigits } from '../../src/ipc/pin-seal.ts';
import type { BindingStageView, BindingView, PinView, Stage, TerminalView } from '../../src/ipc/view.ts';
import { sealLine } from '../../src/ipc/wedge-seal.ts';
import type { FromKiosk, ToKiosk } from './kiosk-process.ts';

export interface KioskFolders {
  readonly data: string;
  readonly fixtures: string;
  readonly devicesFile: string;
  /** Where the passphrase is kept that protects its keys. */
  readonly config: string;
}

/** The kiosk in a process of its own, used as its screens use it: PINs and keyed numbers are sealed here, so that no digit
 *  reaches that process but through the drivers of PIN pad and keyboard. */
export class KioskAtWork {
  readonly #child: ChildProcess;
  readonly #told: string[] = [];
  #view: TerminalView | null = null;
  #printed = '';
  #snapshots = 0;
  #session = '';
  #wedgeKey = '';

  private constructor(folders: KioskFolders) {
    const { data, fixtures, devicesFile, config } = folders;
    this.#child = fork(join(import.meta.dirname, 'kiosk-process.ts'), [data, fixtures, devicesFile], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
      env: { ...process.env, GONGJI_CONFIG_DIR: config },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#printed += text;
      });
    }
    this.#child.on('message', (message: FromKiosk) => this.#hear(message));
  }

  /** Resolves when a sale can begin. */
  static async start(folders: KioskFolders): Promise<KioskAtWork> {
    const kiosk = new KioskAtWork(folders);
    await kiosk.reach('ready');
    return kiosk;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the kiosk did not start');
    return this.#child.pid;
  }
  /** Everything that it has printed. */
  get printed(): string {
    return this.#printed;
  }
  /** Everything that it has told its screens and reported, a JSON line each. */
  get told(): string {
    return this.#told.join('\n');
  }
  get view(): TerminalView {
    if (this.#view === null) throw new Error('the kiosk has shown nothing yet');
    return this.#view;
  }

  take(intent: Intent, role: ScreenRole = 'operator'): void {
    this.#send({ kind: 'take', intent, role });
  }

  async reach(stage: Stage): Promise<void> {
    await this.until(`the stage ${stage}`, () => this.#view?.stage === stage);
  }

  /** Errors: `Error` that says what did not come, after a while or when the kiosk has ended. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const isOver = () => isSo() || this.#hasEnded;
    await vi.waitUntil(isOver, { timeout: 20_000, interval: 10 }).catch(() => undefined);
    if (isSo()) return;
    const ended = this.#hasEnded ? 'it has ended' : `it is at ${this.#view?.stage}`;
    const reports = this.#told.filter((line) => line.startsWith('{"kind":"fault"'));
    throw new Error([`the kiosk did not come to ${what}: ${ended}`, this.#printed, ...reports].join('\n'));
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** From `ready` to the customer's PIN. */
  async saleUpToPin(amount: string, person: string): Promise<void> {
    await this.reach('ready');
    this.take({ kind: 'amount.submit', text: amount });
    await this.reach('awaitingCard');
    this.take({ kind: 'deck.swipe', person, as: 'stripe', fault: 'none' });
    await this.reach('awaitingPin');
  }

  /** From `ready` to the links of a person who comes to the binding desk. `pins`: typed one after the other, the last one
   *  right. */
  async admit(person: string, pins: readonly string[]): Promise<void> {
    await this.reach('ready');
    this.take({ kind: 'binding.start' });
    await this.atDesk('awaitingProvider');
    this.take({ kind: 'deck.swipe', person, as: 'stripe', fault: 'none' });
    for (const pin of pins) await this.typePin(pin);
    await this.atDesk('desk');
  }

  /** Null = closed. */
  async atDesk(stage: BindingStageView | null): Promise<void> {
    const isThere = () => (this.#view?.binding?.stage ?? null) === stage;
    await this.until(`${stage ?? 'the end'} of the binding desk, from ${this.#view?.binding?.stage}`, isThere);
  }

  /** A card or ID number that the clerk keys in at the binding desk. */
  async keyNumber(medium: 'ssCardNumber' | 'residentId', text: string): Promise<void> {
    this.take({ kind: 'binding.number', medium, ...(await sealLine(text, this.#wedgeKey)) });
  }

  /** Enter at the binding desk, once it does this. */
  async confirmAtDesk(what: BindingView['confirm']): Promise<void> {
    await this.until(`the key ${what}`, () => this.#view?.binding?.confirm === what);
    this.take({ kind: 'key.confirm' });
  }

  /** The PIN entry that is open and was not typed into yet. */
  async openPin(): Promise<PinView> {
    const fresh = () => (this.#view?.pin?.session === this.#session ? null : (this.#view?.pin ?? null));
    await this.until('a PIN entry', () => fresh() !== null);
    const pin = fresh();
    if (pin === null) throw new Error('no PIN is asked for');
    return pin;
  }

  /** Types a PIN and confirms it. */
  async typePin(digits: string): Promise<void> {
    const pin = await this.openPin();
    this.#session = pin.session;
    for (let count = 1; count <= digits.length; count += 1)
      this.take({ kind: 'pin.typed', session: pin.session, count });
    const sealed = await sealDigits(Uint8Array.from([...digits].map(Number)), pin.session, pin.publicKey);
    this.take({ kind: 'pin.sealed', session: pin.session, ...sealed });
  }

  /** Dismisses a result with Enter. */
  async finish(): Promise<void> {
    // A result stands a moment before it takes a key; the screen tells that moment by its own clock.
    await this.until('its next sale', () => {
      if (this.view.stage !== 'ready') this.take({ kind: 'key.confirm' });
      return this.view.stage === 'ready';
    });
  }

  /** Writes what its heap holds after a full collection. */
  async writeHeapSnapshot(path: string): Promise<void> {
    const written = this.#snapshots;
    this.#send({ kind: 'heapSnapshot', path });
    await this.until('a heap snapshot', () => this.#snapshots > written);
  }

  /** Lets a bug end it, and gives how it ended. */
  async crash(): Promise<number | null> {
    return this.#end(() => this.#send({ kind: 'crash' }));
  }

  async kill(): Promise<void> {
    await this.#end(() => this.#child.kill('SIGKILL'));
  }

  async close(): Promise<number | null> {
    return this.#end(() => this.#send({ kind: 'close' }));
  }

  async #end(ending: () => void): Promise<number | null> {
    if (!this.#hasEnded) {
      const closed = once(this.#child, 'close');
      ending();
      await closed;
    }
    return this.#child.exitCode;
  }

  #send(message: ToKiosk): void {
    this.#child.send(message);
  }

  #hear(message: FromKiosk): void {
    this.#told.push(JSON.stringify(message));
    if (message.kind === 'hello') this.#wedgeKey = message.hello.wedgeKey;
    if (message.kind === 'view') this.#view = message.view;
    if (message.kind === 'heapSnapshot') this.#snapshots += 1;
  }
}
