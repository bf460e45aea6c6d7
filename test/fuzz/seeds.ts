import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const seedBytesMax = 2048;

/** What devices have sent: every string of the captures, as bytes where it is hex, else as text with a line end. */
export function seedsOf(folder: string): Uint8Array[] {
  const texts = new Set<string>();
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json')))
    collect(JSON.parse(readFileSync(join(folder, name), 'utf8')), texts);
  return [...texts].map(bytesOf).filter((bytes) => bytes.length <= seedBytesMax);
}

function collect(value: unknown, texts: Set<string>): void {
  if (typeof value === 'string') texts.add(value);
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) collect(inner, texts);
}

function bytesOf(text: string): Uint8Array {
  const hex = text.replace(/\s/g, '');
  if (/^(?:[0-9a-f]{2}){4,}$/i.test(hex)) return Buffer.from(hex, 'hex');
  return Buffer.from(`${text}\r`);
}
