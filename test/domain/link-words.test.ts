import { expect, it } from 'vitest';
import {
  channelWords,
  documentWords,
  insuranceWords,
  linkCaution,
  relationWords,
  roleWords,
  sayPhrase,
} from '../../src/domain/link-words.ts';
import { languages } from '../../src/domain/prompt.ts';

it('a phrase is filled with plain text, and with words of the rules in the language of the sentence', () => {
  const areas = { id: 'areaNotListed', params: { role: 'provider', area: '江苏省/南京市' } } as const;
  expect(sayPhrase(areas, 'zh-CN')).toBe('提供人参保地江苏省/南京市不在已开通地区名单内');
  expect(sayPhrase(areas, 'en')).toBe("The provider's area 江苏省/南京市 is not on the list of areas opened");
  const relation = { id: 'relationOutside', params: { relation: 'sibling', set: 'immediate' } } as const;
  expect(sayPhrase(relation, 'zh-CN')).toBe('关系“兄弟姐妹”不在规定范围内（配偶、父母、子女）');
  expect(sayPhrase(relation, 'en')).toBe(
    'The relation "sibling" is not among those allowed: spouse, parents, children',
  );
});

it('what is no word of the rules is said as it is, also where every object has it', () => {
  expect(sayPhrase({ id: 'insuranceIs', params: { role: 'toString', status: 'constructor' } }, 'zh-CN')).toBe(
    'toString参保状态：constructor',
  );
});

it('a parameter that is missing stays visible', () => {
  expect(sayPhrase({ id: 'comeBackLater', params: {} }, 'zh-CN')).toContain('{from}');
});

it('R28 the caution says what the seed page says, in both languages', () => {
  expect(linkCaution['zh-CN']).toContain('社保卡里的余额属于个人所有');
  expect(linkCaution['zh-CN']).toContain('不得进行违法违规操作');
  expect(linkCaution.en).not.toBe('');
});

it('every word is there in both languages, and Chinese is Chinese', () => {
  for (const words of [channelWords, documentWords, insuranceWords, relationWords, roleWords]) {
    expect(Object.keys(words['zh-CN'])).toEqual(Object.keys(words.en));
    for (const language of languages) expect(Object.values(words[language])).not.toContain('');
    for (const word of Object.values(words['zh-CN'])) expect(word).toMatch(/\p{Script=Han}/u);
  }
});
