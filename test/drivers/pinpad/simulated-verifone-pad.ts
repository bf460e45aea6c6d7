import { type PadKey, padPinBlock, padTdes, type SimulatedPad } from './simulated-line.ts';

const [stx, etx, eot, ack, so, si, nak] = [0x02, 0x03, 0x04, 0x06, 0x0e, 0x0f, 0x15];

/** A UIC PP791 as its manual tells it: it wants 08 before 70, shows PROCESSING after a PIN and hears nothing but 72 then,
 *  answers 72 by EOT in an entry and by ACK outside, repeats what is NAKed, and ends with EOT after three NAKs. */
export class SimulatedVerifonePad implements SimulatedPad {
  say: (bytes: Uint8Array) => void = () => undefined;
  readonly #masterKeys: ReadonlyMap<number, Uint8Array>;
  #selected: Uint8Array | null = null;
  #state: 'idle' | 'pin' | 'processing' = 'idle';
  #pin: number[] = [];
  #sessionKey = new Uint8Array(16);
  #account = '';
  #unanswered: { readonly packet: Uint8Array; naks: number } | null = null;
  #held: Uint8Array | null = null;
  /** Packets to be taken for damaged, answers to be sent with a wrong LRC. */
  damagedIn = 0;
  damagedOut = 0;
  /** Neither hears nor says anything. */
  dead = false;
  /** Keeps its answers back. */
  holds = false;
  /** What it says to a 70 instead of asking: an error code. */
  errorCode: string | null = null;
  amount = '';

  constructor(masterKey: Uint8Array, slot = 0) {
    this.#masterKeys = new Map([[slot, masterKey]]);
  }

  get asks(): boolean {
    return this.#state === 'pin';
  }

  hear(bytes: Uint8Array): void {
    if (this.dead) return;
    const [first] = bytes;
    if (first === ack) this.#unanswered = null;
    else if (first === nak) this.#repeat();
    else if (first === eot) this.#toIdle();
    else if (this.#isSound(bytes)) this.#obey(first === si, Buffer.from(bytes.subarray(1, -2)).toString('latin1'));
    else this.say(Uint8Array.of(nak));
  }

  press(key: PadKey): void {
    if (this.#state !== 'pin') return;
    if (typeof key === 'number') {
      if (this.#pin.length < 12) this.#pin.push(key);
    } else if (key === 'clear') {
      this.#pin = [];
    } else if (key === 'cancel') {
      this.#toIdle();
      this.say(Uint8Array.of(eot));
    } else if (key === 'confirm' && this.#pin.length >= 4) {
      const twelve = this.#account.slice(0, -1).slice(-12).padStart(12, '0');
      const block = padPinBlock(this.#pin, twelve, this.#sessionKey);
      const length = String(this.#pin.length).padStart(2, '0');
      this.#toIdle();
      this.#state = 'processing';
      this.#answer(`71.0${length}01${block}`);
    }
  }

  /** Sends what was kept back. */
  release(): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.say(held);
  }

  #obey(isAdmin: boolean, text: string): void {
    if (text === '72') {
      const inEntry = this.#state === 'pin';
      this.#toIdle();
      this.say(Uint8Array.of(inEntry ? eot : ack));
      return;
    }
    if (this.#state === 'processing') return;
    this.say(Uint8Array.of(ack));
    if (isAdmin && text.startsWith('08')) {
      this.#selected = this.#masterKeys.get(Number(text.slice(2))) ?? null;
      this.say(packet(si, '080', so));
      this.say(Uint8Array.of(eot));
    } else if (text.startsWith('70.')) {
      this.#ask(text);
    }
  }

  #ask(text: string): void {
    const [account = '', keyAndAmount = ''] = text.slice(3).split('\x1c');
    const code = this.#selected === null ? '9' : this.errorCode;
    if (this.#selected === null || code !== null) {
      this.#answer(`71${code}`);
      return;
    }
    this.#sessionKey = Uint8Array.from(
      padTdes('decrypt', Buffer.from(keyAndAmount.slice(0, 32), 'hex'), this.#selected),
    );
    this.amount = keyAndAmount.slice(32);
    this.#account = account;
    this.#pin = [];
    this.#state = 'pin';
  }

  #answer(text: string): void {
    const answer = packet(stx, text, etx);
    this.#unanswered = { packet: answer, naks: 0 };
    if (this.holds) this.#held = answer;
    else this.#send(answer);
  }

  #send(answer: Uint8Array): void {
    const damaged = this.damagedOut > 0;
    if (damaged) this.damagedOut -= 1;
    this.say(damaged ? answer.with(-1, (answer.at(-1) ?? 0) ^ 0x40) : answer);
  }

  #repeat(): void {
    if (this.#unanswered === null) return;
    this.#unanswered.naks += 1;
    if (this.#unanswered.naks < 3) {
      this.#send(this.#unanswered.packet);
    } else {
      this.#toIdle();
      this.say(Uint8Array.of(eot));
    }
  }

  #toIdle(): void {
    this.#state = 'idle';
    this.#pin = [];
    this.#unanswered = null;
  }

  #isSound(bytes: Uint8Array): boolean {
    if (this.damagedIn > 0) {
      this.damagedIn -= 1;
      return false;
    }
    return bytes.subarray(1).reduce((lrc, byte) => lrc ^ byte, 0) === 0;
  }
}

function packet(start: number, text: string, end: number): Uint8Array {
  const checked = [...Buffer.from(text, 'latin1'), end];
  return Uint8Array.of(
    start,
    ...checked,
    checked.reduce((lrc, byte) => lrc ^ byte, 0),
  );
}
