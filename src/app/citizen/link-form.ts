import { html } from 'hono/html';
import { isCalendarDay } from '../../domain/calendar-day.ts';
import { lastSecondOf } from '../../domain/china-time.ts';
import type { LinkChannel, LinkTerms } from '../../domain/link-application.ts';
import type { LinkStanding } from '../../domain/link-record.ts';
import { allowedRelations } from '../../domain/link-rules.ts';
import { linkCaution, relationWords } from '../../domain/link-words.ts';
import { type Fen, parseYuan } from '../../domain/money.ts';
import { maskName, relations } from '../../domain/person.ts';
import type { Language } from '../../domain/prompt.ts';
import { parseResidentId } from '../../domain/resident-id.ts';
import { choiceField, type Typed, textField, type Wrong } from './form-fields.ts';
import { type Html, sayIn } from './layout.ts';
import type { CitizenParts } from './parts.ts';

export type CitizenChannel = Extract<LinkChannel, 'phone' | 'web'>;

/** What a form asked for, once it could be read. */
export interface ReadForm {
  readonly beneficiary: string;
  readonly terms: LinkTerms;
  readonly replaces: string | null;
}

interface FormOf {
  readonly parts: CitizenParts;
  readonly channel: CitizenChannel;
  readonly language: Language;
  /** The links of the one who asks, as their provider. */
  readonly ownLinks: readonly LinkStanding[];
}

/** The application's fields: on the telephone ID number, name and mobile number (R11), on the web page 社保电脑号 and ID
 *  number (R19); then what the rules in force ask for, and the caution with its tick (R28). */
export function linkFields({ parts, channel, language, ownLinks }: FormOf, typed: Typed, wrong: Wrong): Html {
  const say = sayIn(language);
  const { profile } = parts;
  const idNumber = textField(
    { name: 'residentId', label: say('使用人身份证号码', 'ID number of the relative'), lengthMax: 24 },
    typed,
    wrong,
  );
  const who =
    channel === 'phone'
      ? [
          idNumber,
          textField({ name: 'name', label: say('使用人姓名', 'Name of the relative'), lengthMax: 40 }, typed, wrong),
          textField(
            {
              name: 'mobile',
              label: say('使用人手机号码', 'Mobile number of the relative'),
              mode: 'tel',
              lengthMax: 20,
            },
            typed,
            wrong,
          ),
        ]
      : [
          textField(
            {
              name: 'computerNumber',
              label: say('亲属社保电脑号', '社保电脑号 of the relative'),
              mode: 'numeric',
              lengthMax: 20,
            },
            typed,
            wrong,
          ),
          textField(
            { name: 'residentId', label: say('亲属身份证号码', 'ID number of the relative'), lengthMax: 24 },
            typed,
            wrong,
          ),
        ];
  const allowed = allowedRelations(profile);
  const relation = choiceField(
    {
      name: 'relation',
      label: say('使用人是您的', 'The relative is your'),
      // Others can be chosen too: the dry run says why they will not do.
      choices: [
        { value: '', text: say('请选择', 'Please choose') },
        ...[...allowed, ...relations.filter((one) => !allowed.includes(one))].map((value) => ({
          value,
          text: relationWords[language][value],
        })),
      ],
    },
    typed,
    wrong,
  );
  const quota =
    profile.fundModel === 'quota_hold'
      ? textField(
          {
            name: 'quota',
            label: say('共济额度（元）', 'Quota (yuan)'),
            hint: say(
              '从您的账户中留出，使用人最多可用这么多；可以以后再设',
              'Set aside from your account. It can also be set later',
            ),
            mode: 'decimal',
            lengthMax: 14,
          },
          typed,
          wrong,
        )
      : '';
  const until =
    profile.linkExpiry === 'date'
      ? textField(
          {
            name: 'until',
            label: say('截止日期', 'Last day'),
            hint: say('不填则一直有效，直到取消', 'Leave it empty for a link until it is cancelled'),
            type: 'date',
          },
          typed,
          wrong,
        )
      : '';
  const replaces =
    ownLinks.length === 0 && wrong.replaces === undefined
      ? ''
      : choiceField(
          {
            name: 'replaces',
            label: say('是否更换原有关联', 'In place of another link'),
            hint: say('更换：原关联取消、新关联建立，一次办完', 'The old link ends and the new one begins in one go'),
            choices: [
              { value: '', text: say('不更换，新增', 'No, one more') },
              ...ownLinks.map(({ linkId, other }) => ({
                value: linkId,
                text: say(`取消与 ${other.maskedName} 的关联`, `End the link with ${other.maskedName}`),
              })),
            ],
          },
          typed,
          wrong,
        );
  return html`${who}${relation}${quota}${until}${replaces}
<div class="caution"><p>${linkCaution[language]}</p>
<label class="tick"><input type="checkbox" name="caution" value="yes"${typed.caution === 'yes' ? html` checked` : ''}><span>${say('我已阅读并知晓', 'I have read this')}</span></label></div>`;
}

/** Reads the application. What cannot be understood is told by field; what the rules refuse is the dry run's to tell. */
export function readLinkForm(
  { parts, channel, language, ownLinks }: FormOf,
  typed: Typed,
): { readonly ok: true; readonly form: ReadForm } | { readonly ok: false; readonly wrong: Wrong } {
  const say = sayIn(language);
  const wrong: Record<string, string> = {};
  const { links } = parts.centre;
  const { profile } = parts;

  const parsed = parseResidentId(typed.residentId ?? '');
  let beneficiary: string | undefined;
  if (!parsed.ok) wrong.residentId = residentIdWords(parsed.problem, language);
  else {
    beneficiary = links.personByNumber('residentId', parsed.id);
    if (beneficiary === undefined)
      wrong.residentId = say('查无此人，请核对号码', 'Nobody has this number, please check it');
  }

  if (channel === 'phone') {
    const name = (typed.name ?? '').trim();
    if (name === '') wrong.name = say('请填写姓名', 'Please enter the name');
    // The office tells a masked name only, which is enough to see that somebody else's number was typed.
    else if (beneficiary !== undefined && maskName(name) !== links.partyOf(beneficiary).maskedName)
      wrong.name = say('姓名与身份证号码不一致，请核对', 'The name does not belong to this ID number');
    if (!/^1\d{10}$/.test((typed.mobile ?? '').replace(/[\s-]/g, '')))
      wrong.mobile = say('手机号码应为 11 位，以 1 开头', 'A mobile number has 11 digits and begins with 1');
  } else {
    const number = (typed.computerNumber ?? '').replace(/\s/g, '');
    const person = /^\d{1,20}$/.test(number) ? links.personByNumber('computerNumber', number) : undefined;
    if (number === '') wrong.computerNumber = say('请填写社保电脑号', 'Please enter the 社保电脑号');
    else if (!/^\d{1,20}$/.test(number))
      wrong.computerNumber = say('社保电脑号只有数字', 'A 社保电脑号 has digits only');
    else if (person === undefined)
      wrong.computerNumber = say('查无此社保电脑号，请核对', 'Nobody has this 社保电脑号, please check it');
    else if (beneficiary !== undefined && person !== beneficiary)
      wrong.computerNumber = say(
        '社保电脑号与身份证号码不是同一个人的，请核对',
        'The two numbers belong to different people, please check them',
      );
  }

  const relation = relations.find((one) => one === typed.relation);
  if (relation === undefined) wrong.relation = say('请选择关系', 'Please choose the relation');

  const quota = profile.fundModel === 'quota_hold' ? quotaOf(typed.quota ?? '', language) : null;
  if (typeof quota === 'string') wrong.quota = quota;

  let until: number | null = null;
  if (profile.linkExpiry === 'date' && (typed.until ?? '') !== '') {
    const day = typed.until ?? '';
    if (isCalendarDay(day)) until = lastSecondOf(day);
    else wrong.until = say('日期看不懂，请按 年-月-日 填写', 'That is no day as YEAR-MONTH-DAY');
  }

  const replaces = typed.replaces === undefined || typed.replaces === '' ? null : typed.replaces;
  if (replaces !== null && !ownLinks.some(({ linkId }) => linkId === replaces))
    wrong.replaces = say('这条关联已不在，请重新选择', 'That link is gone, please choose again');

  if (beneficiary === undefined || relation === undefined || typeof quota === 'string' || Object.keys(wrong).length > 0)
    return { ok: false, wrong };
  return {
    ok: true,
    form: {
      beneficiary,
      terms: {
        relation,
        channel,
        documents: { provider: null, beneficiary: null },
        cautionTicked: typed.caution === 'yes',
        // Nobody agrees in another's name here: where the rules ask for it, the beneficiary answers on his own page (R12).
        beneficiaryConsents: false,
        quota,
        until,
      },
      replaces,
    },
  };
}

/** The quota as typed; null for none; a text that says what is wrong with it. */
export function quotaOf(text: string, language: Language): Fen | null | string {
  if (text.trim() === '') return null;
  const parsed = parseYuan(text);
  if (parsed.ok) return parsed.fen;
  const say = sayIn(language);
  switch (parsed.problem) {
    case 'tooManyDecimals':
      return say('金额最多两位小数', 'An amount has at most two decimals');
    case 'tooLarge':
      return say('金额过大', 'The amount is too large');
    default:
      return say('金额看不懂，请输入如 300.00', 'That is not an amount. Enter for example 300.00');
  }
}

export function residentIdWords(problem: string, language: Language): string {
  const say = sayIn(language);
  switch (problem) {
    case 'length':
      return say('身份证号码应为 18 位', 'An ID number has 18 characters');
    case 'birthDate':
      return say('身份证号码中的出生日期不对，请核对', 'The birth date in this ID number is wrong, please check it');
    case 'checkCharacter':
      return say('身份证号码校验位不对，请核对', 'The check character does not fit, please check the number');
    default:
      return say('身份证号码只有数字，末位可为 X', 'An ID number has digits only, and X at the end at most');
  }
}
