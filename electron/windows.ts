import { join } from 'node:path';
import {
  BrowserWindow,
  type Display,
  nativeTheme,
  type Session,
  screen,
  type WebContents,
  type WebFrameMain,
} from 'electron';
import type { ScreenRole } from '../src/ipc/channels.ts';
import { appOrigin } from './app-protocol.ts';
import type { Fault } from './fault-page.ts';
import { devtoolsAllowed } from './hardening.ts';

/** A renderer that is gone twice within this time will not come back by itself. */
const reloadAgainAfterMs = 10 * 60 * 1000;

/** Our screens: the operator's, and the customer's where there is a second display or one is asked for. */
export class Windows {
  readonly #session: Session;
  readonly #roles = new Map<number, ScreenRole>();
  #operator: BrowserWindow | null = null;
  #customer: BrowserWindow | null = null;
  #faulted = false;

  constructor(session: Session) {
    this.#session = session;
  }

  open(): void {
    const operator = this.#create('operator', { width: 1280, height: 800, minWidth: 1024, minHeight: 600 });
    this.#operator = operator;
    operator.on('closed', () => {
      this.#operator = null;
      this.#customer?.destroy();
    });
    if (process.env.GONGJI_CUSTOMER_DISPLAY === 'window') this.#openCustomer({ width: 1024, height: 768 });
    else if (process.env.GONGJI_CUSTOMER_DISPLAY !== 'off') this.#followDisplays();
    this.#load(operator);
  }

  /** True when the customer's panel has a screen of its own, so that the operator's leaves it out. */
  get hasCustomer(): boolean {
    return this.#customer !== null;
  }

  focus(): void {
    if (this.#operator?.isMinimized()) this.#operator.restore();
    this.#operator?.focus();
  }

  /** The role of the screen that a message comes from; null unless it is the main frame of one of ours, at our origin. */
  roleOf(sender: WebContents, frame: WebFrameMain | null): ScreenRole | null {
    if (frame === null || frame.parent !== null || !frame.url.startsWith(`${appOrigin}/`)) return null;
    return this.#roles.get(sender.id) ?? null;
  }

  /** Sends to the screen of `role`; nothing when there is none. */
  send(role: ScreenRole, channel: string, message: unknown): boolean {
    const window = role === 'operator' ? this.#operator : this.#customer;
    if (window === null || window.webContents.isDestroyed() || window.webContents.isCrashed()) return false;
    window.webContents.send(channel, message);
    return true;
  }

  /** Puts the fault page on every screen; false when there is none to see it. */
  showFault(fault: Fault, detail?: string): boolean {
    this.#faulted = true;
    const open = [this.#operator, this.#customer].filter((window) => window !== null);
    for (const window of open) loadFault(window.webContents, fault, detail);
    return open.length > 0;
  }

  #followDisplays(): void {
    const second = screen.getAllDisplays().find((display) => display.id !== screen.getPrimaryDisplay().id);
    if (second !== undefined) this.#openCustomerOn(second);
    screen.on('display-added', (_event, display) => {
      if (this.#customer !== null || this.#operator === null || this.#faulted) return;
      this.#openCustomerOn(display);
      this.#load(this.#operator);
    });
  }

  #openCustomerOn(display: Display): void {
    const customer = this.#openCustomer({ ...display.bounds, fullscreen: true, frame: false });
    // The window system would move it over the operator's screen when its display goes.
    const onRemoved = (_event: unknown, removed: Display) => {
      if (removed.id === display.id) customer.destroy();
    };
    screen.on('display-removed', onRemoved);
    customer.on('closed', () => screen.removeListener('display-removed', onRemoved));
  }

  #openCustomer(bounds: Electron.BrowserWindowConstructorOptions): BrowserWindow {
    const customer = this.#create('customer', bounds);
    this.#customer = customer;
    customer.on('closed', () => {
      this.#customer = null;
      // The operator's screen takes the panel back.
      if (this.#operator !== null && !this.#faulted) this.#load(this.#operator);
    });
    this.#load(customer);
    return customer;
  }

  #create(role: ScreenRole, options: Electron.BrowserWindowConstructorOptions): BrowserWindow {
    const window = new BrowserWindow({
      ...options,
      show: false,
      title: '共济终端',
      // The ground of src/ui/styles/tokens.css, so that nothing flashes before the first paint.
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#0c1210' : '#f4f5f1',
      webPreferences: {
        preload: join(import.meta.dirname, '../preload/preload.cjs'),
        session: this.#session,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: devtoolsAllowed,
      },
    });
    const { id } = window.webContents;
    this.#roles.set(id, role);
    window.on('closed', () => this.#roles.delete(id));
    window.once('ready-to-show', () => window.show());
    reloadOnce(window.webContents);
    return window;
  }

  #load(window: BrowserWindow): void {
    // A failed load shows itself in the window; the promise has nothing to add.
    window.loadURL(`${appOrigin}/index.html`).catch(() => {});
  }
}

function reloadOnce(contents: WebContents): void {
  let reloadedAt = Number.NEGATIVE_INFINITY;
  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    process.stderr.write(`screen gone: ${reason}\n`);
    const now = performance.now();
    if (now - reloadedAt > reloadAgainAfterMs) contents.reload();
    else loadFault(contents, 'screenGone');
    reloadedAt = now;
  });
}

function loadFault(contents: WebContents, fault: Fault, detail?: string): void {
  const query = new URLSearchParams({ why: fault, ...(detail === undefined ? {} : { detail }) });
  // A page that cannot be loaded leaves the one that stands, and there is no other way to say anything.
  contents.loadURL(`${appOrigin}/fault.html?${query}`).catch(() => {});
}
