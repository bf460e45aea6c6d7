import type { Codec, Decoded } from '../../drivers/codec/decoded.ts';
import { Secret } from '../../src/domain/secret.ts';

/** Characters of results, as JSON, that a byte may yield at most; a reason alone has thirty. */
const resultCharactersPerByte = 256;
/** Characters of results that `end` may yield, whatever has come before: those of one frame. */
const endCharactersMax = 65_536;

/** Holds a codec to its contract on one input; bytes in any number.
 *  Holds: no throw; the same results however the bytes are cut; results bounded by the input, those of `end` by a frame;
 *  after `end` nothing is begun, a second one yields nothing, and what comes next reads as if nothing had come before.
 *  Errors: an `Error` that names what does not hold. Holds for no input of its own making: a caller chooses. */
export function holdToContract(codec: Codec, bytes: Uint8Array): void {
  const whole = resultsOf(codec, [bytes]);
  const cut = resultsOf(codec, cutBy(bytes));
  if (cut !== whole) throw new Error(`cut otherwise it reads otherwise: ${cut} instead of ${whole}`);
  if (whole.length > resultCharactersPerByte * (bytes.length + 1)) throw new Error('the results are not bounded');

  const middle = Math.floor(bytes.length / 2);
  const [first, second] = [bytes.subarray(0, middle), bytes.subarray(middle)];
  const decoder = codec.decoder();
  decoder.push(first);
  const last = textOf(decoder.end());
  if (last.length > endCharactersMax) throw new Error('the results of an end are not bounded by a frame');
  if (decoder.midFrame) throw new Error('after its end a frame is still begun');
  if (decoder.end().length > 0) throw new Error('a second end yields something');
  const after = textOf([...decoder.push(second), ...decoder.end()]);
  const fresh = resultsOf(codec, [second]);
  if (after !== fresh) throw new Error(`what came before an end shows after it: ${after} instead of ${fresh}`);
}

function resultsOf(codec: Codec, chunks: readonly Uint8Array[]): string {
  const decoder = codec.decoder();
  const results: Decoded[] = [];
  for (const chunk of chunks) results.push(...decoder.push(chunk));
  results.push(...decoder.end());
  return textOf(results);
}

/** Cuts `bytes` at places drawn from the bytes themselves, so that an input always does the same. The chunks are copies
 *  that are overwritten by nobody: a decoder that keeps a view of one keeps what it saw. */
function cutBy(bytes: Uint8Array): Uint8Array[] {
  let state = bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 0x9e3779b9);
  const longest = 1 + (state % 64);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const length = (state >>> 8) % (longest + 1);
    chunks.push(bytes.slice(at, at + length));
    at += length;
  }
  return chunks;
}

/** The results with their secrets, as text. */
function textOf(results: readonly Decoded[]): string {
  return JSON.stringify(results.map(exposed));
}

function exposed(value: unknown): unknown {
  if (value instanceof Secret) return ['secret', value.expose()];
  if (Array.isArray(value)) return value.map(exposed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exposed(inner)]));
}
