import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';

/** RFC 3394, 2.2.3.1: what the check of the unwrapping finds when key and bytes are right. */
const initialValue = 0xa6;
const half = 8;
const stepsAround = 6;

/** Wraps a key under another one: AES key wrap of RFC 3394, 8 bytes longer than the key. Written out in AES blocks because
 *  Electron's BoringSSL has no name for it.
 *  Shapes: `kek` 16 or 32 bytes; `key` 16 bytes or more, a multiple of 8. Errors: `RangeError` for others. */
export function wrapKey(kek: Uint8Array, key: Uint8Array): Uint8Array {
  if (key.length < 2 * half || key.length % half !== 0) throw new RangeError('a key to wrap has 16, 24, 32 … bytes');
  const wrapped = new Uint8Array(half + key.length).fill(initialValue, 0, half);
  wrapped.set(key, half);
  const halves = key.length / half;
  const block = new Uint8Array(2 * half);
  for (let step = 1; step <= stepsAround * halves; step++) {
    const at = half * (1 + ((step - 1) % halves));
    block.set(wrapped.subarray(0, half));
    block.set(wrapped.subarray(at, at + half), half);
    aesBlock('seal', block, kek);
    xorCounter(block, step);
    wrapped.set(block.subarray(0, half));
    wrapped.set(block.subarray(half), at);
  }
  block.fill(0);
  return wrapped;
}

/** The other way round. Null when it does not unwrap: another key, damaged, not of a wrapped key's length. The key is the
 *  caller's to wipe. Errors: `RangeError` for a `kek` of a wrong shape. */
export function unwrapKey(kek: Uint8Array, wrapped: Uint8Array): Uint8Array | null {
  if (wrapped.length < 3 * half || wrapped.length % half !== 0) return null;
  const opened = Uint8Array.from(wrapped);
  const halves = wrapped.length / half - 1;
  const block = new Uint8Array(2 * half);
  for (let step = stepsAround * halves; step >= 1; step--) {
    const at = half * (1 + ((step - 1) % halves));
    block.set(opened.subarray(0, half));
    xorCounter(block, step);
    block.set(opened.subarray(at, at + half), half);
    aesBlock('open', block, kek);
    opened.set(block.subarray(0, half));
    opened.set(block.subarray(half), at);
  }
  block.fill(0);
  const isRight = opened.subarray(0, half).every((byte) => byte === initialValue);
  const key = isRight ? opened.slice(half) : null;
  opened.fill(0);
  return key;
}

/** The step's number, big-endian, over the first half; there are never so many that it needs more than four bytes. */
function xorCounter(block: Uint8Array, step: number): void {
  const view = new DataView(block.buffer, block.byteOffset, half);
  view.setUint32(4, (view.getUint32(4) ^ step) >>> 0);
}

function aesBlock(direction: 'seal' | 'open', block: Uint8Array, kek: Uint8Array): void {
  if (kek.length !== 16 && kek.length !== 32) throw new RangeError('a key-wrapping key has 16 or 32 bytes');
  const name = kek.length === 16 ? 'aes-128-ecb' : 'aes-256-ecb';
  const key = createSecretKey(kek);
  const cipher = direction === 'seal' ? createCipheriv(name, key, null) : createDecipheriv(name, key, null);
  cipher.setAutoPadding(false);
  const out = cipher.update(block);
  cipher.final();
  block.set(out);
  out.fill(0);
}
