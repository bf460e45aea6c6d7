/** Zeros for what is to be overwritten after use, such as PIN digits. V8 keeps a small typed array (up to 64 bytes) among
 *  its objects, which it copies about as it collects garbage, and the copies left behind are out of reach; the memory of
 *  an ArrayBuffer that was made by itself never moves, so that overwriting it leaves nothing. */
export function wipeableBytes(byteCount: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(byteCount));
}
