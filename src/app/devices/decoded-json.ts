import type { Decoded } from '../../../drivers/codec/decoded.ts';
import { maskName, maskNumber } from '../../domain/person.ts';
import { Secret } from '../../domain/secret.ts';

/** What a codec said, as plain data to print. Values that name a person or a card are masked unless `reveal`: numbers to
 *  their last four characters, names as on slips, everything else to stars. Fails closed: a field that nobody put on the
 *  list of the open ones is starred. */
export function decodedJson(decoded: Decoded, reveal: boolean): unknown {
  if (!decoded.ok || decoded.kind !== 'pinpad') return plain(decoded, '', reveal, openFields);
  const { fields, ...head } = decoded;
  return plain({ ...head, ...fields }, '', reveal, openPinPadFields);
}

/** What says nothing of the person or the card. */
const openFields: ReadonlySet<string> = new Set([
  ...['ok', 'kind', 'reason', 'masked', 'track', 'formatCode', 'region', 'symbology', 'message'],
  ...['specVersion', 'version', 'cardKind', 'issuer', 'terminalNumber', 'deviceNumber'],
]);
const numbers: ReadonlySet<string> = new Set([
  ...['pan', 'ssCardNumber', 'cardSn', 'socialSecurityNumber', 'medicalNumber', 'account', 'text'],
]);
/** Of a PIN pad's frames; the PIN block, the account and keys are not among them. */
const openPinPadFields: ReadonlySet<string> = new Set([
  ...['ok', 'kind', 'message', 'functionKey', 'pinLength', 'pinLengthMin', 'pinLengthMax', 'nullPin', 'errorCode'],
  ...['timeout', 'amount', 'ksn', 'prompt1', 'prompt2', 'processingPrompt', 'keyIndex', 'code'],
]);

function plain(value: unknown, field: string, reveal: boolean, open: ReadonlySet<string>): unknown {
  if (value instanceof Secret) return reveal ? value.expose() : masked(String(value.expose()), field);
  if (Array.isArray(value)) return value.map((item) => plain(item, field, reveal, open));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner, name, reveal, open)]));
  return reveal || open.has(field) || typeof value !== 'string' ? value : masked(value, field);
}

function masked(text: string, field: string): string {
  if (field === 'name') return maskName(text);
  return numbers.has(field) ? maskNumber(text) : '*'.repeat(Math.min(text.length, 16));
}
