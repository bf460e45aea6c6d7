/** What a sealed intent carries, base64. */
export interface Sealed {
  readonly publicKey: string;
  readonly iv: string;
  readonly sealed: string;
}

/** For whom and for what something is sealed: the other side's P-256 public key (uncompressed point, base64), and two
 *  texts that both sides must agree on. */
export interface SealFor {
  readonly publicKey: string;
  readonly salt: string;
  readonly info: string;
}

/** Seals bytes for the main process, so that they cross the process border unreadable. ECDH P-256 between an ephemeral
 *  key made here and the other side's, HKDF-SHA-256, AES-256-GCM. The caller wipes `plain`. Needs a secure context, where
 *  `crypto.subtle` exists. The other half: drivers/sealed-box.ts.
 *  Errors: rejects when the key is no point of the curve. */
export async function seal(plain: Uint8Array<ArrayBuffer>, to: SealFor): Promise<Sealed> {
  const { subtle } = globalThis.crypto;
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const peer = await subtle.importKey('raw', fromBase64(to.publicKey), curve, false, []);
  const own = await subtle.generateKey(curve, false, ['deriveBits']);
  const shared = await subtle.deriveBits({ name: 'ECDH', public: peer }, own.privateKey, 256);
  const secret = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  new Uint8Array(shared).fill(0);
  const text = new TextEncoder();
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: text.encode(to.salt), info: text.encode(to.info) };
  const key = await subtle.deriveKey(hkdf, secret, { name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  const iv = globalThis.crypto.getRandomValues(new Uint8Array(12));
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv }, key, plain);
  const publicKey = await subtle.exportKey('raw', own.publicKey);
  return { publicKey: toBase64(new Uint8Array(publicKey)), iv: toBase64(iv), sealed: toBase64(new Uint8Array(sealed)) };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
