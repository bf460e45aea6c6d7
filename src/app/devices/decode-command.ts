import { type CodecName, codecNames, codecs } from '../../../drivers/codec/codecs.ts';
import { decodedJson } from './decoded-json.ts';
import { DeviceInputError } from './device-input-error.ts';

export interface DecodeOptions {
  readonly codec: string;
  readonly reveal: boolean;
  /** Text of hexadecimal digits, in any chunks. */
  readonly input: AsyncIterable<string | Uint8Array>;
  print(line: string): void;
}

/** A text's last line end may have been lost on the way into a capture; what comes by lines gets one. */
const endedByLine: ReadonlySet<CodecName> = new Set<CodecName>([
  ...(['track-text', 'idtech-text', 'magnesafe-keyboard', 'ireadcardbas', 'ireadcardbas-ext'] as const),
]);

/** `gongji reader decode`: reads hexadecimal digits (blanks, line ends, commas, colons and `0x` between bytes are passed
 *  over), decodes them as one connection's bytes and prints one JSON object a frame. Bytes that hold no frame are printed
 *  as noise.
 *  Errors: `DeviceInputError` for an unknown codec and for text that is not hexadecimal; frames before it are printed. */
export async function decodeHex(options: DecodeOptions): Promise<void> {
  const { codec, reveal, print } = options;
  if (!isCodecName(codec)) throw new DeviceInputError(`no codec "${codec}"; the codecs are ${codecNames.join(', ')}`);
  const decoder = codecs[codec].decoder();
  let frames = 0;
  const tell = (found: ReturnType<typeof decoder.push>) => {
    for (const decoded of found) {
      frames += 1;
      print(JSON.stringify(decodedJson(decoded, reveal)));
    }
  };
  for await (const bytes of bytesOfHex(options.input)) tell(decoder.push(bytes));
  if (decoder.midFrame && endedByLine.has(codec)) tell(decoder.push(Uint8Array.of(0x0d)));
  tell(decoder.end());
  if (frames === 0) print(JSON.stringify({ ok: false, reason: 'noise' }));
}

function isCodecName(name: string): name is CodecName {
  return Object.hasOwn(codecs, name);
}

/** Bytes from hexadecimal text, chunk by chunk, so that any length can be piped through. */
async function* bytesOfHex(input: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  let at = 0;
  let half = '';
  for await (const chunk of input) {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1');
    const bytes: number[] = [];
    for (const character of text) {
      at += 1;
      if (/[0-9a-fA-F]/.test(character)) {
        if (half === '') half = character;
        else {
          bytes.push(Number.parseInt(half + character, 16));
          half = '';
        }
      } else if (half === '0' && /[xX]/.test(character)) half = '';
      else if (half !== '' || !/[\s,:]/.test(character))
        throw new DeviceInputError(
          `character ${at} of the input, ${JSON.stringify(character)}, is ${half === '' ? 'no hexadecimal digit' : 'in the middle of a byte'}; give bytes as two digits each, such as 1B 73 or 1b73`,
        );
    }
    yield Uint8Array.from(bytes);
  }
  if (half !== '')
    throw new DeviceInputError(`the input ends in the middle of a byte, after "${half}": give two digits a byte`);
}
