/** What a person is to the insurer. Words of the rules: see R15, R16, R86, R91. */
export type InsuranceKind = 'employee' | 'resident';
export type InsuranceStatus = 'normal' | 'suspended' | 'terminated' | 'arrears';
export type CardState = 'normal' | 'lost' | 'tempLost' | 'cancelled' | 'sealed' | 'fake';
/** What the beneficiary is to the provider (R17, R18). */
export type Relation = 'spouse' | 'parent' | 'child' | 'sibling' | 'grandparent' | 'grandchild' | 'other';

/** A pooling area (统筹区) as `province/area`, for example `重庆市/云阳县` or `四川省/省本级`. */
export type AreaName = string;

export const insuranceKinds = ['employee', 'resident'] as const satisfies readonly InsuranceKind[];
export const insuranceStatuses = [
  'normal',
  'suspended',
  'terminated',
  'arrears',
] as const satisfies readonly InsuranceStatus[];
export const cardStates = [
  'normal',
  'lost',
  'tempLost',
  'cancelled',
  'sealed',
  'fake',
] as const satisfies readonly CardState[];
export const relations = [
  'spouse',
  'parent',
  'child',
  'sibling',
  'grandparent',
  'grandchild',
  'other',
] as const satisfies readonly Relation[];

/** A name as it may be shown: the first character and a star, and of names of three and more characters the last one
 *  too: 李*, 李*芳 (R134, R137). Fails closed: what it cannot split (empty, one character) becomes a star. */
export function maskName(name: string): string {
  const characters = [...name.trim()];
  const [first] = characters;
  if (first === undefined || characters.length < 2) return '*';
  if (characters.length === 2) return `${first}*`;
  return `${first}*${characters.at(-1)}`;
}

/** The last four characters of a card number behind a fixed mask, for slips and screens (R137). Fails closed. */
export function maskNumber(number: string): string {
  return number.length < 9 ? '****' : `****${number.slice(-4)}`;
}
