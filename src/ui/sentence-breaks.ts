import type { Language } from '../domain/prompt.ts';

/** A piece of a sentence; `together` = its line is not broken while it fits into one. */
export interface SentencePart {
  readonly text: string;
  readonly together: boolean;
}

/** The pieces of a sentence that stay together: in Chinese its clauses, which a browser would break at any character; in
 *  English words like `6-digit`, which it would break at the hyphen. Holds: the pieces make up the sentence. */
export function kept(sentence: string, language: Language): readonly SentencePart[] {
  if (language === 'en') {
    return sentence
      .split(/(\S+-\S+)/)
      .filter((text) => text !== '')
      .map((text) => ({ text, together: /^\S+-\S+$/.test(text) }));
  }
  const clauses = sentence.match(/[^，,。；;]+[，,。；;]*[”）]*|[，,。；;]+/g) ?? [];
  return clauses.map((text) => ({ text, together: clauses.length > 1 }));
}

export type SentenceSize = 'short' | 'long' | 'longest';

/** How large a sentence may be set so that it fits its place: by its width, in which a Han character counts double. */
export function sentenceSize(sentence: string): SentenceSize {
  const { han, width } = measured(sentence);
  if (width <= 44) return 'short';
  return width <= (han > 0 ? 50 : 60) ? 'long' : 'longest';
}

/** In the other language, more than one line of small type even in a wide window. */
const otherWidthMax = 64;

/** As `sentenceSize`, for a sentence with its counterpart in small type below it: one that takes two lines needs room. */
export function headlineSize(sentence: string, other: string): SentenceSize {
  const size = sentenceSize(sentence);
  return size === 'short' && measured(other).width > otherWidthMax && measured(sentence).width > 22 ? 'long' : size;
}

function measured(sentence: string): { readonly han: number; readonly width: number } {
  const han = sentence.match(/\p{Script=Han}/gu)?.length ?? 0;
  return { han, width: [...sentence].length + han };
}
