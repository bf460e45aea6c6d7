import type { LinkState } from '../../../drivers/device-link.ts';
import type { DeviceFault } from '../../../drivers/transport.ts';
import type { DeviceView } from '../../ipc/view.ts';

/** What a chip on the screen says of a device behind a link. */
export function deviceView({ kind, name }: Pick<DeviceView, 'kind' | 'name'>, state: LinkState): DeviceView {
  if (state.kind === 'connected') return { kind, name, state: 'connected', note: null };
  return { kind, name, state: state.kind, ...troubleOf(state.fault) };
}

export function troubleOf(fault: DeviceFault | null): Pick<DeviceView, 'note' | 'trouble'> {
  return fault === null ? { note: null } : { note: fault.message, trouble: fault.code };
}
