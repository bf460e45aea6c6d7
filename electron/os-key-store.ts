import { safeStorage } from 'electron';
import { type KeyProtection, ProtectionError } from '../src/app/keys/key-protection.ts';

/** The operating system's store of secrets as Electron reaches it: Keychain, DPAPI, or a keyring of the desktop. Null where
 *  there is none: Electron would then encrypt with a password that is in its source. Ask when the app is ready. */
export function osKeyStore(): KeyProtection | null {
  if (!safeStorage.isEncryptionAvailable()) return null;
  const name = storeName();
  return name === null ? null : storeProtection(name);
}

function storeProtection(name: string): KeyProtection {
  return {
    kind: 'osStore',
    describe: () => `The keys are sealed with the operating system's store of secrets (${name}).`,
    // Electron seals text.
    seal: (bytes) => safeStorage.encryptString(Buffer.from(bytes).toString('base64')),
    open: (sealed) => {
      try {
        return Buffer.from(safeStorage.decryptString(Buffer.from(sealed)), 'base64');
      } catch (cause) {
        throw new ProtectionError(`the operating system's store of secrets (${name}) does not open them`, { cause });
      }
    },
  };
}

/** Null for the store that is none. */
function storeName(): string | null {
  if (process.platform === 'darwin') return 'Keychain';
  if (process.platform === 'win32') return 'DPAPI';
  const backend = safeStorage.getSelectedStorageBackend();
  return backend === 'basic_text' || backend === 'unknown' ? null : backend;
}
