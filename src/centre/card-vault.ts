import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

export type NumberKind = 'pan' | 'ssCardNumber' | 'cardSn' | 'residentId' | 'computerNumber' | 'evoucher';

/** Keeps card and ID numbers out of the database: a number is looked up by a keyed index and, where it is needed again
 *  (the card number that a PIN block is bound to), sealed with AES-256-GCM. Numbers have few values, so an index without
 *  a key would be found by trying. The keys of terminals and of PIN blocks are sealed in the same way, under a key of
 *  their own. Works in OpenSSL and in Electron's BoringSSL. */
export class CardVault {
  readonly #indexKey: KeyObject;
  readonly #sealKey: KeyObject;
  readonly #keySealKey: KeyObject;

  /** `key`: at least 16 random bytes; both keys in use are derived from it (HKDF, RFC 5869). */
  constructor(key: Uint8Array) {
    if (key.length < 16) throw new RangeError('the vault needs a key of at least 16 bytes');
    this.#indexKey = derive(key, 'gongji/card-index/1');
    this.#sealKey = derive(key, 'gongji/card-seal/1');
    this.#keySealKey = derive(key, 'gongji/key-seal/1');
  }

  /** 32 bytes, the same for the same number however it is written (spaces around it, small letters). */
  indexOf(kind: NumberKind, number: string): Uint8Array {
    return createHmac('sha256', this.#indexKey).update(`${kind}:${number.trim().toUpperCase()}`, 'utf8').digest();
  }

  /** The nonce is made from the number under a key of its own, so it never meets another number's. */
  seal(number: string): Uint8Array {
    const nonce = createHmac('sha256', this.#indexKey).update(`nonce:${number}`, 'utf8').digest().subarray(0, 12);
    const cipher = createCipheriv('aes-256-gcm', this.#sealKey, nonce);
    const sealed = Buffer.concat([cipher.update(number, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Errors: throws when the bytes were not sealed with this key. */
  open(sealed: Uint8Array): string {
    const decipher = createDecipheriv('aes-256-gcm', this.#sealKey, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  }

  /** Seals a key for its place, such as `pin:` with the key's id: in another's place it does not open. The nonce is made as
   *  that of a number. */
  sealKey(place: string, key: Uint8Array): Uint8Array {
    const nonce = createHmac('sha256', this.#indexKey)
      .update(`key-nonce:${place}:`, 'utf8')
      .update(key)
      .digest()
      .subarray(0, 12);
    const cipher = createCipheriv('aes-256-gcm', this.#keySealKey, nonce).setAAD(Buffer.from(place, 'utf8'));
    const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** The key, the caller's to wipe. Errors: throws when the bytes were not sealed with this vault's key for this place. */
  openKey(place: string, sealed: Uint8Array): Uint8Array {
    const decipher = createDecipheriv('aes-256-gcm', this.#keySealKey, sealed.subarray(0, 12));
    decipher.setAAD(Buffer.from(place, 'utf8'));
    decipher.setAuthTag(sealed.subarray(12, 28));
    const opened = decipher.update(sealed.subarray(28));
    decipher.final();
    return opened;
  }

  /** Eight bytes that tell one key from another and nothing about it. */
  checkValue(): Uint8Array {
    return createHmac('sha256', this.#indexKey).update('check', 'utf8').digest().subarray(0, 8);
  }
}

/** As a key object: Node 24 takes ten times as long to begin with a key that is bytes. */
function derive(key: Uint8Array, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, new Uint8Array(), purpose, 32)));
}
