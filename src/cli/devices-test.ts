import { readDeviceConfig } from '../app/devices/device-config.ts';
import { testDevices } from '../app/devices/test-command.ts';

/** `gongji devices test` on this machine's devices, until Ctrl-C, the count or the time. Errors: those of the
 *  configuration. */
export async function runDevicesTest(
  options: { readonly config?: string; readonly count?: number; readonly seconds?: number },
  print: (line: string) => void,
): Promise<void> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  const signals = [interrupted.signal];
  if (options.seconds !== undefined) signals.push(AbortSignal.timeout(options.seconds * 1000));
  await testDevices({
    config: readDeviceConfig(options.config),
    signal: AbortSignal.any(signals),
    count: options.count ?? null,
    print,
  });
}
