import { inspect } from 'node:util';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { createKiosk } from '../../src/app/kiosk.ts';
import type { Hello, ScreenRole } from '../../src/ipc/channels.ts';
import type { Intent } from '../../src/ipc/intent.ts';
import type { TerminalView } from '../../src/ipc/view.ts';

/** The kiosk in a process of its own, without its screens: whoever has started it gets what screens would get, and every
 *  fault as the console would print it. Arguments: the data folder, the fixtures, the devices file. */

/** What the kiosk's process is told. `crash`: a bug, nowhere caught. */
export type ToKiosk =
  | { readonly kind: 'take'; readonly intent: Intent; readonly role: ScreenRole }
  | { readonly kind: 'heapSnapshot'; readonly path: string }
  | { readonly kind: 'crash' }
  | { readonly kind: 'close' };

/** What it tells. */
export type FromKiosk =
  | { readonly kind: 'hello'; readonly hello: Omit<Hello, 'view'> }
  | { readonly kind: 'view'; readonly view: TerminalView }
  | { readonly kind: 'told'; readonly what: unknown }
  | { readonly kind: 'fault'; readonly printed: string }
  | { readonly kind: 'heapSnapshot' };

const [dataFolder, fixturesFolder, devicesFile] = process.argv.slice(2);
if (dataFolder === undefined || fixturesFolder === undefined || devicesFile === undefined) {
  throw new Error('usage: kiosk-process.ts DATA FIXTURES DEVICES');
}
// Longer strings would be cut off in a snapshot.
setFlagsFromString('--heap-snapshot-string-limit=10000000');

const tell = (message: FromKiosk) => process.send?.(message);
const kiosk = await createKiosk({
  dataFolder,
  fixturesFolder,
  devicesFile,
  delays: { attention: 1 },
  report: (fault) =>
    tell({ kind: 'fault', printed: `${fault.stack}\n${inspect(fault, { depth: 10, showHidden: true })}` }),
});
kiosk.onView((view) => tell({ kind: 'view', view }));
kiosk.onCustomerView((view) => tell({ kind: 'told', what: view }));
kiosk.onSettings((settings) => tell({ kind: 'told', what: settings }));
process.on('message', (message: ToKiosk) => {
  switch (message.kind) {
    case 'take':
      kiosk.take(message.intent, message.role);
      break;
    case 'heapSnapshot':
      writeHeapSnapshot(message.path, { exposeNumericValues: true });
      tell({ kind: 'heapSnapshot' });
      break;
    case 'crash':
      setImmediate(() => {
        throw new Error('a planted bug');
      });
      break;
    case 'close':
      kiosk.close().then(() => process.disconnect());
      break;
  }
});
const { view, ...rest } = kiosk.hello('operator');
tell({ kind: 'hello', hello: rest });
tell({ kind: 'told', what: kiosk.hello('customer') });
if (view !== null) tell({ kind: 'view', view });
