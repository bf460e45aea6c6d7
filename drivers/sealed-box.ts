import { webcrypto } from 'node:crypto';

/** What a screen has sealed, base64: its ephemeral public key, the nonce, the text. */
export interface SealedMessage {
  readonly publicKey: string;
  readonly iv: string;
  readonly sealed: string;
}

export interface BoxOptions {
  /** What both sides agree on, as UTF-8. */
  readonly salt: string;
  readonly info: string;
  /** Longest plain text, bytes. */
  readonly plainBytesMax: number;
}

const publicKeyBytes = 65;
const ivBytes = 12;
const tagBytes = 16;
const curve = { name: 'ECDH', namedCurve: 'P-256' };

/** The driver's half of src/ipc/seal.ts: a key pair of its own, and the way to open what was sealed for it. */
export class SealedBox {
  /** P-256 public key, uncompressed point, base64. */
  readonly publicKey: string;
  readonly #privateKey: webcrypto.CryptoKey;

  private constructor(publicKey: string, privateKey: webcrypto.CryptoKey) {
    this.publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  static async create(): Promise<SealedBox> {
    const keys = await webcrypto.subtle.generateKey(curve, false, ['deriveBits']);
    const publicKey = Buffer.from(await webcrypto.subtle.exportKey('raw', keys.publicKey)).toString('base64');
    return new SealedBox(publicKey, keys.privateKey);
  }

  /** The plain text, the caller's to wipe. ECDH P-256, HKDF-SHA-256, AES-256-GCM.
   *  Errors: `malformed`: it has not the form agreed on; `notOpened`: it was not sealed for this key. */
  async open(message: SealedMessage, options: BoxOptions): Promise<Uint8Array | 'malformed' | 'notOpened'> {
    const publicKey = Buffer.from(message.publicKey, 'base64');
    const iv = Buffer.from(message.iv, 'base64');
    const sealed = Buffer.from(message.sealed, 'base64');
    const sealedBytesMax = options.plainBytesMax + tagBytes;
    if (publicKey.length !== publicKeyBytes || iv.length !== ivBytes || sealed.length > sealedBytesMax) {
      return 'malformed';
    }
    return this.#unseal(publicKey, iv, sealed, options).catch(() => 'notOpened' as const);
  }

  async #unseal(publicKey: Uint8Array, iv: Uint8Array, sealed: Uint8Array, options: BoxOptions): Promise<Uint8Array> {
    const { subtle } = webcrypto;
    const peer = await subtle.importKey('raw', publicKey, curve, false, []);
    const shared = await subtle.deriveBits({ name: 'ECDH', public: peer }, this.#privateKey, 256);
    const secret = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
    new Uint8Array(shared).fill(0);
    const text = new TextEncoder();
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: text.encode(options.salt), info: text.encode(options.info) };
    const key = await subtle.deriveKey(hkdf, secret, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
    return new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed));
  }
}
