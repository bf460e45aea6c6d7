import { createHash, webcrypto } from 'node:crypto';
import { decryptTdes, initialKey, transactionKey, workingKey } from '../../../drivers/codec/dukpt.ts';
import { passphraseProtection } from '../../../src/app/keys/key-protection.ts';
import { CardVault } from '../../../src/centre/card-vault.ts';
import { vectorCases } from '../../ports/vectors.ts';

const hexOf = (bytes: Uint8Array | ArrayBuffer) => Buffer.from(new Uint8Array(bytes)).toString('hex');
const bytesOf = (hex: string) => Buffer.from(hex, 'hex');

/** What this program computes with the platform's cryptography, of inputs that are always the same, as hex by name. Node has
 *  OpenSSL and Electron BoringSSL: both must give the same. */
export async function cryptoAnswers(): Promise<Readonly<Record<string, string>>> {
  const key = bytesOf('0123456789abcdeffedcba9876543210');
  const pan = '4012345678909';
  // The base key, key serial number and initial key of ANSI X9.24-1:2009, annex A.
  const serial = bytesOf('ffff9876543210e00001');
  const initial = initialKey(key, bytesOf('ffff9876543210e00000'));
  const transaction = transactionKey(initial, serial);
  const vault = new CardVault(key);
  const sealed = vault.seal(pan);
  const protection = passphraseProtection('口令', { log2N: 12, r: 8, p: 1 });
  return {
    'TDES-CBC with IV 0, DUKPT initial key': hexOf(initial),
    'TDES-CBC with IV 0, DUKPT data key': hexOf(workingKey(transaction, 'data')),
    'TDES-CBC with IV 0, decrypted tracks': hexOf(decryptTdes(transaction, new Uint8Array(24).fill(9))),
    'HMAC-SHA-256 and HKDF, index of a card': hexOf(vault.indexOf('pan', pan)),
    'AES-256-GCM, sealed': hexOf(sealed),
    'AES-256-GCM, opened': vault.open(sealed),
    'AES-256-GCM, a key in its place': hexOf(vault.openKey('place', vault.sealKey('place', key))),
    'scrypt and AES-256-GCM, keys under a passphrase': hexOf(protection.open(protection.seal(key))),
    'SHA-256': createHash('sha256').update('abc').digest('hex'),
    'SHA-1, hash of a track': createHash('sha1').update('abc').digest('hex'),
    'ECDH on P-256, agreed': hexOf(await agreed()),
  };
}

/** What it gives for the official vectors, by their names. */
export function vectorAnswers(): Readonly<Record<string, string>> {
  return Object.fromEntries(vectorCases().map(({ it, gives }) => [it, gives()]));
}

/** Two key pairs, made by chance, agree on the same secret: given as what differs, which is nothing. */
async function agreed(): Promise<Uint8Array> {
  const { subtle } = webcrypto;
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const pairs = await Promise.all([0, 1].map(() => subtle.generateKey(curve, false, ['deriveBits'])));
  const [one, other] = pairs;
  if (one === undefined || other === undefined) throw new Error('no key pairs');
  const secretOf = async (mine: webcrypto.CryptoKeyPair, theirs: webcrypto.CryptoKeyPair) => {
    const point = await subtle.importKey('raw', await subtle.exportKey('raw', theirs.publicKey), curve, false, []);
    return new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: point }, mine.privateKey, 256));
  };
  const [first, second] = [await secretOf(one, other), await secretOf(other, one)];
  return first.map((byte, at) => byte ^ (second[at] ?? 0xff));
}
