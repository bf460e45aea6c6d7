import { useLanguage } from '../language.ts';
import { kept } from '../sentence-breaks.ts';

/** A sentence whose lines break where a reader would breathe: see `kept`. Its text is unchanged. */
export function Sentence({ children }: { readonly children: string }) {
  const language = useLanguage();
  return kept(children, language).map((part, index) =>
    part.together ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a part is its position in the sentence.
      <span key={index} className="together">
        {part.text}
      </span>
    ) : (
      part.text
    ),
  );
}
