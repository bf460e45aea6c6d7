import { compactTime, parseInstant } from '../domain/china-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids, MsgId } from '../ports/ids.ts';

/** How many message ids a terminal has in a second. */
const perSecond = 100;

/** Message ids as R145 has them: 12-character institution code + yyyyMMddHHmmss (China Standard Time) + 4 digits. The
 *  digits are the terminal's number within its institution, 0 to 99, and a sequence of two digits, so that no two
 *  terminals of an institution make the same id.
 *  Never the same one twice: within a second the sequence counts; when it is used up, or when the clock steps back, the
 *  id's second moves on by itself. `after` is the last id of an earlier run, from which to go on.
 *  Errors: `RangeError` for an institution code that does not have 12 letters or digits, or a number that is none. */
export function messageIds(institutionCode: string, clock: Clock, terminalNumber: number, after?: MsgId): Ids {
  if (!/^[0-9A-Z]{12}$/.test(institutionCode)) {
    throw new RangeError(`institution code must be 12 letters or digits, got "${institutionCode}"`);
  }
  if (!Number.isInteger(terminalNumber) || terminalNumber < 0 || terminalNumber > 99) {
    throw new RangeError(`a terminal's number is 0 to 99, got ${terminalNumber}`);
  }
  const first = terminalNumber * perSecond;
  const last = first + perSecond - 1;
  let second = after === undefined ? -1 : secondOf(after);
  // An id of another number may have been the last one, where the terminal had that number: its second is used up.
  let sequence = after === undefined ? last : sequenceOf(after);
  if (sequence < first || sequence > last) sequence = last;
  return {
    nextMsgId() {
      const now = Math.floor(clock.now() / 1000);
      if (now > second) {
        second = now;
        sequence = first;
      } else if (sequence < last) {
        sequence += 1;
      } else {
        second += 1;
        sequence = first;
      }
      return `${institutionCode}${compactTime(second * 1000)}${String(sequence).padStart(4, '0')}`;
    },
  };
}

function sequenceOf(msgId: MsgId): number {
  return Number(msgId.slice(26));
}

function secondOf(msgId: MsgId): number {
  const [, y, mo, d, h, mi, s] = /^.{12}(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d{4}$/.exec(msgId) ?? [];
  const at = parseInstant(`${y}-${mo}-${d}T${h}:${mi}:${s}+08:00`);
  if (at === null) throw new RangeError('the last message id is none of R145');
  return Math.floor(at / 1000);
}
