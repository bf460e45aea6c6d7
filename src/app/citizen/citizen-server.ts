import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Language } from '../../domain/prompt.ts';
import { createCitizenApp } from './citizen-app.ts';
import type { CitizenParts } from './parts.ts';

export interface CitizenServerOptions {
  /** 0 = one that is free. */
  readonly port: number;
  /** This machine alone when left out. */
  readonly host?: string;
  readonly language?: Language;
  readonly report?: (fault: Error) => void;
}

export interface CitizenServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The port or the host cannot be had. The message says which and why. */
export class CitizenServerFault extends Error {
  readonly code = 'citizenServerFault';
  constructor(where: string, cause: unknown) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    super(`the citizens' pages cannot be served on ${where} (${why}); choose another port with --port`, { cause });
    this.name = 'CitizenServerFault';
  }
}

const loopback = '127.0.0.1';

/** Serves the citizens' pages. Requests that name another host than the one served are refused, so that no page of
 *  somebody else's can be pointed at this one. Errors: `CitizenServerFault`. */
export async function serveCitizens(parts: CitizenParts, options: CitizenServerOptions): Promise<CitizenServer> {
  const { port, host = loopback, language, report } = options;
  const pages = createCitizenApp(parts, { ...(language && { language }), ...(report && { report }) });
  const fetch = (request: Request) =>
    isServedHost(new URL(request.url).hostname, host)
      ? pages.fetch(request)
      : new Response('Misdirected request', { status: 421 });
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, (address: AddressInfo) => {
      const name = host.includes(':') ? `[${host}]` : host;
      resolve({
        url: `http://${name}:${address.port}`,
        close: () =>
          new Promise<void>((done) => {
            server.close(() => done());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    server.once('error', (fault: unknown) => reject(new CitizenServerFault(`${host}:${port}`, fault)));
  });
}

function isServedHost(named: string, host: string): boolean {
  // Whoever opens it to a network says with that under which names it is reached.
  if (host !== loopback && host !== 'localhost' && host !== '::1') return true;
  return ['127.0.0.1', 'localhost', '[::1]'].includes(named);
}
