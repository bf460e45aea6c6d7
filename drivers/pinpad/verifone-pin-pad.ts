import { formatYuan, zeroFen } from '../../src/domain/money.ts';
import { accountDigits } from '../../src/ports/pin-block.ts';
import type { PinKey } from '../../src/ports/pin-key.ts';
import type { PinRequest } from '../../src/ports/pin-pad.ts';
import type { Decoded, DecodedPinPad } from '../codec/decoded.ts';
import {
  ack,
  encodeMasterKeySelection,
  encodePinCancel,
  encodePinRequest,
  eot,
  nak,
  pinpadVerifoneCodec,
} from '../codec/pinpad-verifone.ts';
import { DevicePinPad, type DevicePinPadOptions, type PadLine, type PadTalk } from './device-pin-pad.ts';
import { sealedSessionKey } from './session-key.ts';

export interface VerifoneKeys {
  /** The pad's master key, 16 bytes, and where it stands in the pad, 0 to 9. */
  readonly masterKey: Uint8Array;
  readonly masterKeySlot?: number;
  /** The key that the pad seals with, for TDES. Asked for once per entry; it stays its owner's. */
  pinKey(): PinKey;
}

/** A PIN pad of the Verifone 101/201/1000 family or UIC PP791, with master and session key. Its PIN blocks are passed on
 *  untouched. It tells no digits, and knows no length: a PIN of another length than asked for is asked for again.
 *  The customer's cancel key, or the pad's own time-out, ends the entry as cancelled (the pad says EOT); every error code
 *  of a 71 is a fault of request, keys or pad, so `failed`. */
export class VerifonePinPad extends DevicePinPad {
  constructor(options: DevicePinPadOptions & VerifoneKeys) {
    super(options, (line) => new VerifoneTalk(line, options));
  }
}

/** How long a pad may take to acknowledge: the longest packet takes 0.6 s at 1200 baud. */
export const verifoneAnswerMs = 2000;

/** Packets refused in a row before a side gives up with EOT. */
const naksMax = 3;

/** A pad that answers at once with the wrong length, over and over, is broken. */
const asksMax = 5;

/** settling: 72 is out, whatever comes is of an older entry. selecting: 08 is out. asking: 70 is out and not acknowledged.
 *  waiting: the customer types. */
type Phase = 'settling' | 'selecting' | 'idle' | 'asking' | 'waiting';

/** Packets carry no number, so what belongs together follows from the order: the pad answers in turn, and one packet of
 *  ours is out at a time. Each entry is preceded by an answered 72, on a new connection too, and a 71 counts only after
 *  the ACK of its own 70; a 71 that comes sooner is of an entry before. It is acknowledged, so that the pad stops
 *  repeating it, and dropped. The 72 also ends the pad's `PROCESSING`, in which it hears nothing else. */
class VerifoneTalk implements PadTalk {
  readonly #line: PadLine;
  readonly #keys: VerifoneKeys;
  readonly #decoder = pinpadVerifoneCodec.decoder();
  #phase: Phase = 'idle';
  #packet = ack;
  #naksHeard = 0;
  #naksSaid = 0;
  #asks = 0;
  #selected = false;
  /** What asks for the PIN of this entry, and the key in it. A PIN of a wrong length is asked for with the same. */
  #asking: { readonly packet: Uint8Array; readonly keyId: string } | null = null;

  constructor(line: PadLine, keys: VerifoneKeys) {
    this.#line = line;
    this.#keys = keys;
  }

  connected(): void {
    this.#send('settling', encodePinCancel());
  }

  receive(chunk: Uint8Array): void {
    for (const decoded of this.#decoder.push(chunk)) this.#take(decoded);
  }

  entryOpened(): void {
    this.#asks = 0;
    this.#asking = null;
    if (this.#phase === 'idle') this.#rest();
  }

  entryEnded(): void {
    if (this.#phase === 'asking' || this.#phase === 'waiting') this.#send('settling', encodePinCancel());
  }

  #take(decoded: Decoded): void {
    if (!decoded.ok) {
      // A packet without its end is repeated by the pad itself; bytes between packets mean nothing.
      if (decoded.reason === 'wrongLrc' || decoded.reason === 'tooLong') this.#damaged();
      else if (decoded.reason === 'wrongLength' && this.#phase === 'waiting') this.#line.failed();
      return;
    }
    if (decoded.kind !== 'pinpad') return;
    switch (decoded.message) {
      case 'ack':
        this.#acknowledged();
        break;
      case 'nak':
        this.#refused();
        break;
      case 'eot':
        this.#ended();
        break;
      default:
        this.#answered(decoded);
    }
  }

  #acknowledged(): void {
    if (this.#phase === 'settling') this.#settled();
    // The pad may have more to say to an 08, and ends with EOT; one that has not falls silent.
    if (this.#phase === 'asking') {
      this.#phase = 'waiting';
      this.#line.stopWaiting();
    }
  }

  #refused(): void {
    if (this.#phase === 'idle' || this.#phase === 'waiting') return;
    this.#naksHeard += 1;
    if (this.#naksHeard < naksMax) {
      this.#write(this.#packet);
      return;
    }
    this.#line.write(eot);
    this.#unanswered();
  }

  #ended(): void {
    if (this.#phase === 'settling') this.#settled();
    else if (this.#phase === 'selecting') this.#rest();
    // Before its ACK an EOT belongs to what came before the 70.
    else if (this.#phase === 'waiting') this.#line.cancelled();
  }

  #damaged(): void {
    if (this.#phase !== 'waiting') return;
    this.#naksSaid += 1;
    if (this.#naksSaid < naksMax) {
      this.#line.write(nak);
      return;
    }
    this.#line.write(eot);
    this.#line.failed();
  }

  #answered({ message, fields }: DecodedPinPad): void {
    this.#line.write(ack);
    const { request } = this.#line;
    if (this.#phase !== 'waiting' || message !== '71' || request === null) return;
    const { pinLength, pinBlock } = fields;
    if (pinLength === undefined || pinBlock === undefined) this.#line.failed();
    else if (Number(pinLength) === request.length) this.#entered(pinBlock);
    else if (this.#asks === asksMax) this.#line.failed();
    else this.#send('settling', encodePinCancel());
  }

  #entered(hex: string): void {
    if (this.#asking !== null) this.#line.entered({ format: 'iso0-tdes', keyId: this.#asking.keyId, hex });
  }

  #unanswered(): void {
    if (this.#phase === 'settling') this.#settled();
    else if (this.#phase === 'selecting') this.#rest();
    else if (this.#phase === 'asking') this.#line.failed();
  }

  #settled(): void {
    if (this.#selected) {
      this.#rest();
    } else {
      this.#selected = true;
      this.#send('selecting', encodeMasterKeySelection(this.#keys.masterKeySlot ?? 0));
    }
  }

  /** Nothing is out. An entry that has been waiting for that begins. */
  #rest(): void {
    this.#phase = 'idle';
    this.#line.stopWaiting();
    const { request } = this.#line;
    if (request === null) return;
    this.#asks += 1;
    this.#naksSaid = 0;
    try {
      this.#asking ??= pinRequest(request, this.#keys);
    } catch (cause) {
      this.#line.failed(cause);
      return;
    }
    this.#send('asking', this.#asking.packet);
  }

  #send(phase: Phase, packet: Uint8Array): void {
    this.#phase = phase;
    this.#packet = packet;
    this.#naksHeard = 0;
    this.#write(packet);
  }

  #write(packet: Uint8Array): void {
    this.#line.wait(verifoneAnswerMs, () => this.#unanswered());
    this.#line.write(packet);
  }
}

/** Errors: `RangeError` for a card number or a key of a wrong shape. */
function pinRequest(
  { pan, amount = zeroFen }: PinRequest,
  keys: VerifoneKeys,
): { readonly packet: Uint8Array; readonly keyId: string } {
  const number = pan.expose();
  // Checks the number. Zeros before a short one change nothing in the block, and the pads want eight digits.
  accountDigits(number);
  const key = keys.pinKey();
  const sealed = sealedSessionKey(key, keys.masterKey);
  const shown = formatYuan(amount);
  const packet = encodePinRequest({
    account: number.padStart(8, '0'),
    sessionKey: Buffer.from(sealed).toString('hex').toUpperCase(),
    amount: shown.length <= 8 ? shown : formatYuan(zeroFen),
  });
  return { packet, keyId: key.keyId };
}
