import type { Codec, Decoded } from '../../../drivers/codec/decoded.ts';
import { Secret } from '../../../src/domain/secret.ts';

/** What a codec said with its secrets in the open, to compare. */
export function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.expose();
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}

/** Everything that a fresh decoder says of these chunks and of the silence after them. */
export function decodeAll(codec: Codec, chunks: readonly Uint8Array[]): readonly Decoded[] {
  const decoder = codec.decoder();
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

/** Cuts bytes into chunks of these sizes, over and over. */
export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

/** Bytes of hexadecimal digits, blanks between them passed over. */
export function hexBytes(digits: string): Uint8Array {
  return Buffer.from(digits.replaceAll(' ', ''), 'hex');
}
