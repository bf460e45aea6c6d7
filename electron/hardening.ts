import { app, Menu, type Session, type WebContents } from 'electron';

/** Our own files and nothing else: no inline script or style, no connection, no frame, no form, no worker. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export const responseHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export const devtoolsAllowed = process.env.GONGJI_DEVTOOLS === '1';

/** Before the app is ready: every renderer sandboxed, nothing that Chromium fetches for itself, no menu with its keys. */
export function hardenApp(): void {
  // Where the sandbox is waived, Chromium's own processes could not start with this.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  Menu.setApplicationMenu(null);
  for (const name of ['disable-background-networking', 'disable-component-update', 'disable-domain-reliability']) {
    app.commandLine.appendSwitch(name);
  }
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
}

/** No permission, no device, no download, no spelling dictionary, and no request that leaves the app's own scheme. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((request, answer) => answer({ cancel: !isOwnRequest(request.url) }));
}

function isOwnRequest(url: string): boolean {
  return url.startsWith('app://gongji/') || url.startsWith('data:') || (devtoolsAllowed && url.startsWith('devtools:'));
}

/** A screen stays where it was put: it goes nowhere, opens nothing and holds no web view. */
function hardenContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  // Emitted for the main frame too, before will-navigate.
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}
