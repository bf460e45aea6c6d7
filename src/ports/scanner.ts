import type { Secret } from '../domain/secret.ts';

export type ScannerEvent =
  /** A code as scanned, without its line end; `symbology` is the AIM identifier where the scanner tells it. */
  | { readonly kind: 'scanned'; readonly text: Secret<string>; readonly symbology?: string }
  /** Bytes came that are no code: too long, cut, noise. */
  | { readonly kind: 'failed'; readonly reason: ScanFailure }
  | { readonly kind: 'gone'; readonly cause: string }
  | { readonly kind: 'back' };

export const scanFailures = ['halfRead', 'noise', 'tooLong'] as const;
export type ScanFailure = (typeof scanFailures)[number];

export interface ScannerInfo {
  readonly kind: 'virtual' | 'serial' | 'hid' | 'keyboard';
  readonly name: string;
}

/** A barcode scanner. Contract (test/contract/scanner.contract.ts runs on every adapter): listeners get events in the order of
 *  the bytes; one code never mixes with the next; nothing after `close`, which may come twice; a listener that throws
 *  does not stop the others. */
export interface Scanner {
  readonly info: ScannerInfo;
  subscribe(listener: (event: ScannerEvent) => void): () => void;
  close(): Promise<void>;
}
