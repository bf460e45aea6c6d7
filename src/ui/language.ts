import { createContext, use } from 'react';
import type { Language, PromptParams } from '../domain/prompt.ts';
import { type TextId, text } from './texts.ts';

/** The language that the screen speaks now. */
export const LanguageContext = createContext<Language>('zh-CN');

export function useLanguage(): Language {
  return use(LanguageContext);
}

/** `text` in the screen's language. */
export function useText(): (id: TextId, params?: PromptParams) => string {
  const language = useLanguage();
  return (id, params) => text(id, language, params);
}
