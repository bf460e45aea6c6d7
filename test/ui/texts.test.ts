import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { declineCodes } from '../../src/domain/decline-code.ts';
import { languages, type PromptId, prompts } from '../../src/domain/prompt.ts';
import { readingFaults } from '../../src/ipc/view.ts';
import { bindingAdvice, bindingCardAdvice } from '../../src/ui/binding-texts.ts';
import { customerSentence } from '../../src/ui/customer-words.ts';
import {
  customerPrompts,
  declineAdvice,
  factWords,
  faultWords,
  insuranceWords,
  profileName,
  providerWords,
  readerWords,
  reasonWords,
  texts,
  troubleWords,
  turnWords,
  type Words,
} from '../../src/ui/texts.ts';

const catalogue: readonly (readonly [string, Words])[] = Object.entries({
  texts,
  reasonWords,
  providerWords,
  declineAdvice,
  bindingAdvice,
  bindingCardAdvice,
  factWords,
  insuranceWords,
  faultWords,
  readerWords,
  troubleWords,
  turnWords,
  customerPrompts,
}).flatMap(([table, entries]) =>
  Object.entries<Words | undefined>(entries).flatMap(([key, words]) =>
    words === undefined ? [] : [[`${table}.${key}`, words] as const],
  ),
);

function params(sentence: string): readonly string[] {
  return [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();
}

describe('the catalogue of the screens', () => {
  it.each(catalogue)('%s is there in every language, with the same parameters', (_key, words) => {
    for (const language of languages) expect(words[language].trim()).not.toBe('');
    expect(params(words.en)).toEqual(params(words['zh-CN']));
  });

  it('is the only place of the screens with words in it', () => {
    const folder = join(import.meta.dirname, '../../src/ui');
    const offenders = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && name !== 'texts.ts' && name !== 'binding-texts.ts')
      .flatMap((name) => {
        const code = readFileSync(join(folder, name), 'utf8')
          .replace(/\/\*[\s\S]*?\*\//g, '')
          .replace(/^\s*\/\/.*$/gm, '')
          .replace(/<kbd>(Esc|Enter|PgUp|PgDn|F\d+)<\/kbd>/g, '');
        const words = [
          ...code.matchAll(/\p{Script=Han}+|>\s*[A-Za-z]{2}[\w ,.']*\s*<\/|(?:title|aria-label)="[^"]+"/gu),
        ];
        return words.map(([found]) => `${name}: ${found}`);
      });
    expect(offenders).toEqual([]);
  });

  it('has a name for each profile of the product', () => {
    const yaml = readFileSync(join(import.meta.dirname, '../../fixtures/policy-profiles.yaml'), 'utf8');
    const profiles = [...yaml.matchAll(/^([a-z]+-\d{4}):/gm)].map(([, name]) => name ?? '');
    expect(profiles).toHaveLength(10);
    for (const profile of profiles) {
      for (const language of languages) expect(profileName(profile, language)).not.toBe(profile);
    }
  });

  it('shows a profile that it does not know by its own name', () => {
    expect(profileName('my-town-2027', 'zh-CN')).toBe('my-town-2027');
  });

  it('has advice for each refusal and a word for each reading fault', () => {
    expect(Object.keys(declineAdvice).sort()).toEqual(Object.keys(declineCodes).sort());
    expect(Object.keys(faultWords).sort()).toEqual([...readingFaults].sort());
  });
});

describe('the sentence for the customer', () => {
  const everything = { length: '6', triesLeft: '5', cash: '20.00', code: 'CARD_LOST', count: '2', from: '2025-05-01' };

  it.each(Object.keys(prompts) as PromptId[])('%s speaks to the customer, not about him', (id) => {
    for (const language of languages) {
      const sentence = customerSentence({ id, params: everything }, language);
      expect(sentence).not.toMatch(/客户|[Cc]ustomer|support|管理员|\{/);
    }
  });

  it('never says a balance or a name of a provider (R142)', () => {
    for (const words of Object.values(customerPrompts)) {
      expect(params(words.en).filter((name) => !['length', 'triesLeft', 'cash'].includes(name))).toEqual([]);
    }
  });
});

describe('the reasons of the ladder', () => {
  it('tell of a provider only words, never an amount (R134, R142)', () => {
    for (const words of Object.values(reasonWords)) {
      for (const language of languages) expect(words[language]).not.toMatch(/[\d¥{]/);
    }
  });
});
