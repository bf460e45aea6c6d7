import { cases, emptied } from './cases.ts';
import { HidRig, type Rig, SerialRig } from './rig.ts';

// Runs every case with every kind of reader and prints a JSON line each; the host's tests read them.

const caseLimitMs = 120_000;

/** What was thrown where nobody catches it: in the kiosk it would have ended the program. */
let crash: (thrown: unknown) => void = () => undefined;
process.on('uncaughtException', (thrown) => crash(thrown));

for (const [kind, rig] of Object.entries({ hidraw: new HidRig(), ttyUSB: new SerialRig() })) {
  for (const name of Object.keys(cases)) {
    const from = performance.now();
    const error = await outcome(rig, name);
    const seconds = Math.round((performance.now() - from) / 100) / 10;
    process.stdout.write(`${JSON.stringify({ kind, name, seconds, error })}\n`);
  }
}
process.exit(0);

async function outcome(rig: Rig, name: string): Promise<string | null> {
  const undo: (() => unknown)[] = [];
  try {
    await limited(cases[name]?.(rig, (step) => undo.push(step)));
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    for (const step of undo.toReversed()) await Promise.resolve(step()).catch(() => undefined);
    await emptied(rig);
    crash = () => undefined;
  }
}

async function limited(running: Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const broken = new Promise<never>((_, reject) => {
    crash = reject;
    timer = setTimeout(() => reject(new Error(`not done after ${caseLimitMs / 1000} s`)), caseLimitMs);
  });
  await Promise.race([running, broken]).finally(() => clearTimeout(timer));
}
