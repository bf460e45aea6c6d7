import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { Secret, secret } from '../../src/domain/secret.ts';
import { type Centre, CentreFault } from '../../src/ports/centre.ts';

/** The verbs of the port, which are also the words on the line. */
const verbs = [
  'signIn',
  'identify',
  'inquire',
  'quote',
  'settle',
  'previewUndo',
  'cancel',
  'refund',
  'reverse',
  'query',
] as const satisfies readonly (keyof Centre)[];
type Verb = (typeof verbs)[number];

/** Serves a centre to other processes: one connection a message, a line of JSON there and a line back. A fault closes the
 *  connection without an answer. For tests alone: nothing on this line is encrypted. */
export async function serveCentre(centre: Centre, path: string): Promise<Server> {
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8');
    // A terminal that was killed breaks its connection; there is nobody to tell.
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('\n')) return;
      const { verb, request } = read(text) as { verb: Verb; request: never };
      const asked: Promise<unknown> = centre[verb](request);
      asked.then(
        (answer) => socket.end(`${written(answer)}\n`),
        (fault: unknown) => {
          if (!(fault instanceof CentreFault)) throw fault;
          socket.destroy();
        },
      );
    });
  });
  rmSync(path, { force: true });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

/** The other end. Faults: `CentreFault` noAnswer for whatever breaks the connection, brokenAnswer for half a line. */
export function socketCentre(path: string): Centre {
  const ask = (verb: Verb) => (request: unknown) =>
    new Promise<never>((resolve, reject) => {
      let text = '';
      const socket = connect(path, () => socket.write(`${written({ verb, request })}\n`));
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => {
        text += chunk;
      });
      socket.on('error', (cause) => reject(new CentreFault('noAnswer', { cause })));
      socket.on('close', () => {
        if (text === '') reject(new CentreFault('noAnswer'));
        else if (text.endsWith('\n')) resolve(read(text) as never);
        else reject(new CentreFault('brokenAnswer'));
      });
    });
  return Object.fromEntries(verbs.map((verb) => [verb, ask(verb)])) as unknown as Centre;
}

/** Secrets cross as what they are, or the other side could do nothing with them. */
function written(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, shown) {
    const original = this[key];
    return original instanceof Secret ? { $secret: original.expose() } : shown;
  });
}

function read(text: string): unknown {
  return JSON.parse(text, (_, value) =>
    typeof value === 'object' && value !== null && '$secret' in value ? secret(value.$secret) : value,
  );
}
