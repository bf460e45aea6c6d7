import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { type Bridge, channels } from '../src/ipc/channels.ts';

/** Listens on `channel` until the returned function is called. The event, which leads back to Electron, stays here. */
function listen<T>(channel: string, listener: (message: T) => void): () => void {
  const onMessage = (_event: IpcRendererEvent, message: T) => listener(message);
  ipcRenderer.on(channel, onMessage);
  return () => {
    ipcRenderer.removeListener(channel, onMessage);
  };
}

const bridge: Bridge = {
  hello: () => ipcRenderer.invoke(channels.hello),
  send: async (intent) => {
    const refusal: unknown = await ipcRenderer.invoke(channels.intent, intent);
    if (refusal !== null) throw new Error(`intent not taken: ${refusal}`);
  },
  onView: (listener) => listen(channels.view, listener),
  onCustomerView: (listener) => listen(channels.customerView, listener),
  onSettings: (listener) => listen(channels.settings, listener),
};

contextBridge.exposeInMainWorld('gongji', bridge);
