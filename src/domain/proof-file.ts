/** What an ID proof may be, and of these what a photo of a face may be. */
export const proofKinds = ['png', 'jpeg', 'pdf'] as const;
export type ProofKind = (typeof proofKinds)[number];
export type PhotoKind = Exclude<ProofKind, 'pdf'>;

/** 5 MB, counted in powers of two as file managers do. */
export const proofBytesMax = 5 * 1024 * 1024;

/** How files of each kind begin: PNG 1.2 § 3.1, JPEG's SOI and the first marker (ITU-T T.81 § B.1.1.3), ISO 32000-1 § 7.5.2. */
const beginnings: Readonly<Record<ProofKind, readonly number[]>> = {
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  jpeg: [0xff, 0xd8, 0xff],
  pdf: [0x25, 0x50, 0x44, 0x46, 0x2d],
};

export type ProofProblem = 'empty' | 'tooLarge' | 'kind';
export type ProofCheck<Kind extends ProofKind> =
  | { readonly ok: true; readonly kind: Kind }
  | { readonly ok: false; readonly problem: ProofProblem };

/** Looks at a file that was uploaded, by its own bytes: names and announced types are anybody's to choose.
 *  Errors: the first problem in the order of the type. */
export function checkProof<Kind extends ProofKind>(bytes: Uint8Array, allowed: readonly Kind[]): ProofCheck<Kind> {
  if (bytes.length === 0) return { ok: false, problem: 'empty' };
  if (bytes.length > proofBytesMax) return { ok: false, problem: 'tooLarge' };
  const kind = allowed.find((candidate) => beginnings[candidate].every((byte, at) => bytes[at] === byte));
  return kind === undefined ? { ok: false, problem: 'kind' } : { ok: true, kind };
}
