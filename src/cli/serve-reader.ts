import { loadDeck } from '../app/deck.ts';
import { serveReader } from '../app/devices/serve-reader.ts';

/** `gongji reader serve --pty` with the deck's cards, until stdin ends or Ctrl-C. Errors: those of `serveReader`. */
export async function runServedReader(
  options: { readonly link?: string; readonly as: 'stripe' | 'chip' },
  print: (line: string) => void,
): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const { cards } = loadDeck();
  await serveReader({ ...options, cards, input: process.stdin, print, signal: interrupted.signal });
}
