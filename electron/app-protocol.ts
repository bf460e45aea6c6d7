import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { protocol, type Session } from 'electron';
import { faultPage, faultStyle } from './fault-page.ts';
import { responseHeaders } from './hardening.ts';
import { fileOf, mediaTypes } from './renderer-files.ts';

/** Every screen lives at this origin. Being standard and secure it may use Web Crypto, which seals the PIN. */
export const appOrigin = 'app://gongji';

/** Must run before the app is ready. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
}

/** Serves the files of `rendererFolder`, and the fault page, to the windows of `session`; nothing else. */
export function serveApp(session: Session, rendererFolder: string): void {
  session.protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    if (`${url.protocol}//${url.host}` !== appOrigin || request.method !== 'GET') return notFound();
    if (url.pathname === '/fault.html') {
      return answer(faultPage(url.searchParams.get('why'), url.searchParams.get('detail')), '.html');
    }
    if (url.pathname === '/fault.css') return answer(faultStyle, '.css');
    const file = fileOf(rendererFolder, url.pathname);
    if (file === null) return notFound();
    try {
      return answer(await readFile(file), extname(file));
    } catch {
      return notFound();
    }
  });
}

function answer(body: string | Uint8Array<ArrayBuffer>, extension: string): Response {
  const contentType = mediaTypes[extension] ?? 'application/octet-stream';
  return new Response(body, { headers: { ...responseHeaders, 'Content-Type': contentType } });
}

function notFound(): Response {
  return new Response(null, { status: 404, headers: responseHeaders });
}
