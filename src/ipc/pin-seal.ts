/** What a `pin.sealed` intent carries besides its session, base64. */
export interface SealedDigits {
  readonly publicKey: string;
  readonly iv: string;
  readonly sealed: string;
}

/** The agreement with the PIN pad driver, drivers/pinpad/screen-pin-pad.ts. */
const keyInfo = 'gongji pin pad 1';
const plainBytes = 16;

/** The screen's half of the PIN pad: seals the digits for the driver's session, so that none crosses a process border in
 *  the clear. ECDH P-256 between an ephemeral key made here and the session's, HKDF-SHA-256, AES-256-GCM over 16 bytes:
 *  length, one byte a digit, zeros; the sealed text has the same size for every PIN.
 *  Shapes: `digits` 4 to 12 values 0 to 9, `publicKeyBase64` an uncompressed P-256 point (`PinView.publicKey`).
 *  `digits` is the caller's to wipe. Needs a secure context, where `crypto.subtle` exists.
 *  Errors: `RangeError` for other digits, without them; rejects when the key is no point of the curve. */
export async function sealDigits(digits: Uint8Array, session: string, publicKeyBase64: string): Promise<SealedDigits> {
  if (digits.length < 4 || digits.length > 12 || digits.some((digit) => digit > 9)) {
    throw new RangeError('PIN digits must be 4 to 12 values of 0 to 9');
  }
  const { subtle } = globalThis.crypto;
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const plain = new Uint8Array(plainBytes);
  plain[0] = digits.length;
  plain.set(digits, 1);
  try {
    const peer = await subtle.importKey('raw', fromBase64(publicKeyBase64), curve, false, []);
    const own = await subtle.generateKey(curve, false, ['deriveBits']);
    const shared = await subtle.deriveBits({ name: 'ECDH', public: peer }, own.privateKey, 256);
    const secret = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
    new Uint8Array(shared).fill(0);
    const text = new TextEncoder();
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: text.encode(session), info: text.encode(keyInfo) };
    const key = await subtle.deriveKey(hkdf, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt']);
    const iv = globalThis.crypto.getRandomValues(new Uint8Array(12));
    const sealed = await subtle.encrypt({ name: 'AES-GCM', iv }, key, plain);
    const publicKey = await subtle.exportKey('raw', own.publicKey);
    return {
      publicKey: toBase64(new Uint8Array(publicKey)),
      iv: toBase64(iv),
      sealed: toBase64(new Uint8Array(sealed)),
    };
  } finally {
    plain.fill(0);
  }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
