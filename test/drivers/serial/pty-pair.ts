import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPseudoTerminal, type PseudoTerminal } from '../../../drivers/pty/pseudo-terminal.ts';

/** Waits for what another process or the kernel does. Rejects after ten seconds, naming `what`. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A serial device made of a pseudo-terminal, with a cable that can be pulled. */
export class PtyDevice {
  readonly folder = mkdtempSync(join(tmpdir(), 'gongji-pty-'));
  /** Where it is plugged in, or was last. */
  path = join(this.folder, 'reader');
  #terminal: PseudoTerminal | null = null;
  #received: Buffer[] = [];

  /** What was written to it since it was plugged in. */
  get received(): Buffer {
    return Buffer.concat(this.#received);
  }

  get isPlugged(): boolean {
    return this.#terminal !== null;
  }

  /** `name`: that of the node, the last one by default. */
  async plug(name?: string): Promise<void> {
    if (name !== undefined) this.path = join(this.folder, name);
    this.#received = [];
    this.#terminal = await openPseudoTerminal({ link: this.path });
    this.#terminal.onData((chunk) => this.#received.push(Buffer.from(chunk)));
  }

  async send(bytes: Uint8Array): Promise<void> {
    await this.#terminal?.write(bytes);
  }

  async unplug(): Promise<void> {
    const terminal = this.#terminal;
    this.#terminal = null;
    await terminal?.close();
  }

  async remove(): Promise<void> {
    await this.unplug();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
