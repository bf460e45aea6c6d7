import { z } from 'zod';
import { declineCodeOf } from '../../domain/decline-code.ts';
import { type Fen, formatYuan, parseYuan } from '../../domain/money.ts';

/** The codes of reference/decline-codes.md whose feature comes later: a file may expect them already. */
const laterCodes: Readonly<Record<string, string>> = {
  PROVIDER_SKIPPED: 'I50',
};

// Every message in a schema is a noun phrase: the reporter puts "expected" before it and what was found behind it.
const yuanExample = 'yuan text such as "80.00"';
export const yuan = z.string({ error: yuanExample }).transform((text, context): Fen => {
  const parsed = parseYuan(text);
  if (parsed.ok) return parsed.fen;
  const expected = {
    empty: yuanExample,
    notANumber: yuanExample,
    negative: `${yuanExample}, not below zero`,
    tooManyDecimals: `${yuanExample}, with at most two decimals`,
    tooLarge: `${yuanExample}, at most "9999999.99"`,
  }[parsed.problem];
  return refuse(context, expected);
});
export const positiveYuan = yuan.refine((amount) => amount > 0, { error: `${yuanExample}, above zero` });
export const yuanOrNone = z
  .string({ error: `${yuanExample}, or none` })
  .transform((text) => (text === 'none' ? null : text))
  .pipe(yuan.nullable());

/** What a customer gets back in cash: yuan text; below zero it is what he pays on top. As text, since money has no sign. */
const signedYuanExample = 'yuan text such as "80.00", or "-80.00" for what has to be paid on top';
export const signedYuan = z.string({ error: signedYuanExample }).transform((text, context): string => {
  const isDue = text.startsWith('-');
  const parsed = parseYuan(isDue ? text.slice(1) : text);
  if (!parsed.ok) return refuse(context, signedYuanExample);
  return `${isDue && parsed.fen > 0 ? '-' : ''}${formatYuan(parsed.fen)}`;
});

export const duration = z
  .string({ error: 'a duration such as 31s, 2m, 1h or 500ms' })
  .transform((text, context): number => {
    const match = /^(\d{1,6})(ms|s|m|h)$/.exec(text);
    if (!match) return refuse(context, 'a duration such as 31s, 2m, 1h or 500ms');
    const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? ''] ?? 0;
    return Number(match[1]) * unitMs;
  });

export const date = z.iso.date({ error: 'an existing date such as 1958-03-02' });
/** A moment: with a time and an offset, or a date alone, which is its first moment in China. */
const momentExample = 'a moment such as 2025-04-19T10:00:00+08:00';
export const moment = z.iso.datetime({ offset: true, error: momentExample }).transform((text) => Date.parse(text));
export const momentOrDate = z
  .string({ error: `${momentExample} or a date such as 2025-04-19` })
  .transform((text, context) => {
    const parsed = date.safeParse(text).success ? moment.safeParse(`${text}T00:00:00+08:00`) : moment.safeParse(text);
    return parsed.success ? parsed.data : refuse(context, `${momentExample} or a date such as 2025-04-19`);
  });

export const code = z
  .string({ error: 'a code of the list of codes, such as D20 or PIN_WRONG' })
  .transform((text, context) => {
    const [later] = Object.entries(laterCodes).filter(([name, number]) =>
      [name, number, `${number} ${name}`].includes(text.trim()),
    );
    return (
      declineCodeOf(text) ?? later?.[0] ?? refuse(context, 'a code of the list of codes, such as D20 or PIN_WRONG')
    );
  });

/** The number of a rule of the catalogue. */
export const rule = z.string({ error: 'a rule such as R4' }).regex(/^R[1-9]\d{0,2}$/, { error: 'a rule such as R4' });

export const anyText = z.string({ error: 'text' });
export const words = z.string({ error: 'words' }).regex(/\S/, { error: 'words' });
export const wholeNumber = z.int({ error: 'a whole number' }).min(0, { error: 'a whole number, not below zero' });
export const yesOrNo = z.boolean({ error: 'true or false' });
export const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, { error: orList(values) });

/** A mapping with these keys and no others. */
export function mapping<S extends z.ZodRawShape>(shape: S) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `one of ${keys}` : `a mapping with the keys ${keys}`),
  });
}

export function listOf<T extends z.ZodType>(item: T) {
  return z.array(item, { error: 'a list' });
}

/** An expectation that looks at nothing cannot fail, so it is refused. */
export function saysSomething(entries: object): boolean {
  return Object.values(entries).some((value) => value !== undefined);
}

/** A step that may be one word or a mapping: each form is judged by its own shape, so that an error names the key. */
export function eitherForm<T>(word: z.ZodType<T, unknown>, full: z.ZodType<T, unknown>) {
  return chosenForm((raw) => (typeof raw === 'object' && raw !== null ? full : word));
}

/** A value of several forms, judged by the shape that is chosen by a look at it. */
export function chosenForm<T>(choose: (raw: unknown) => z.ZodType<T, unknown>) {
  return z.unknown().transform((raw, context): T => {
    const parsed = choose(raw).safeParse(raw);
    if (parsed.success) return parsed.data;
    context.issues.push(...parsed.error.issues.map((issue) => ({ ...issue, input: raw }) as z.core.$ZodRawIssue));
    return z.NEVER;
  });
}

function orList(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

/** Reports what was expected instead and gives the value up. */
export function refuse(context: z.core.$RefinementCtx, expected: string, path: string[] = []): never {
  context.addIssue({ code: 'custom', message: expected, path });
  return z.NEVER;
}

/** The same without the keys whose value is undefined. */
export function withoutUndefined<T extends object>(entries: T): WithoutUndefined<T> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as WithoutUndefined<T>;
}
type WithoutUndefined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
