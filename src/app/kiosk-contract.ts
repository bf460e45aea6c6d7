import type { Hello, ScreenRole } from '../ipc/channels.ts';
import type { Intent } from '../ipc/intent.ts';
import type { CustomerView, Settings, TerminalView } from '../ipc/view.ts';
import type { BindingDelays } from '../terminal/binding-model.ts';
import type { CounterDelays } from '../terminal/counter-model.ts';
import type { KeyProtection } from './keys/key-protection.ts';

export interface KioskOptions {
  /** Where the terminal keeps its journal and the embedded centre its database. Made when it is missing. */
  readonly dataFolder: string;
  /** The folder with the households and profiles that come with the program. */
  readonly fixturesFolder: string;
  /** The policy profile in force; `chongqing-2021` when left out. */
  readonly profile?: string;
  /** The file that names the devices; `devices.yaml` in the data folder when left out. Without a file, whatever is found
   *  is used. */
  readonly devicesFile?: string;
  /** Whose counter this is for links: a branch's, which it is when left out, or a hospital's insurance office. */
  readonly linkChannel?: 'counter' | 'hospital';
  /** What may protect the keys on the disk, the best first; what the environment says when left out. */
  readonly keyProtections?: readonly KeyProtection[];
  /** Time-outs other than the usual ones, for tests. */
  readonly delays?: Partial<CounterDelays>;
  readonly bindingDelays?: Partial<BindingDelays>;
  /** Where the citizens' pages are served beside the counter, on this machine alone; 0 = a port that is free, left out =
   *  nowhere. */
  readonly citizenPort?: number;
  /** Gets the address of the citizens' pages, once at the start. */
  tellCitizenPages?(url: string): void;
  /** Gets a sentence on how the keys on the disk are protected, once at the start. */
  tellProtection?(sentence: string): void;
  /** Gets faults that change nothing for the customer but that somebody should see. */
  report?(fault: Error): void;
}

/** The counter as a shell with screens sees it: views come out, intents go in.
 *  Contract: a listener is called after every change; a function that
 *  is returned ends the listening and may be called twice. `close` resolves when everything is on disk; afterwards `take`
 *  does nothing. An intent is one that `intentSchema` has let through. Faults: none, they are stages of the view. */
export interface Kiosk {
  hello(role: ScreenRole): Hello;
  take(intent: Intent, role: ScreenRole): void;
  onView(listener: (view: TerminalView) => void): () => void;
  onCustomerView(listener: (view: CustomerView) => void): () => void;
  onSettings(listener: (settings: Settings) => void): () => void;
  close(): Promise<void>;
}
