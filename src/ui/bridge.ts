import type { Bridge } from '../ipc/channels.ts';

declare global {
  interface Window {
    /** Put there by the preload script: the renderer's only way out. */
    readonly gongji: Bridge;
  }
}

/** The bridge of this window. */
export function windowBridge(): Bridge {
  return window.gongji;
}
