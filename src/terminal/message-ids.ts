import { compactTime, parseInstant } from '../domain/china-time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids, MsgId } from '../ports/ids.ts';

const sequenceMax = 9999;

/** Message ids as R145 has them: 12-character institution code + yyyyMMddHHmmss (China Standard Time) + 4 digits.
 *  Never the same one twice: within a second the sequence counts; when it is used up, or when the clock steps back, the
 *  id's second moves on by itself. `after` is the last id of an earlier run, from which to go on.
 *  Errors: `RangeError` for an institution code that does not have 12 letters or digits. */
export function messageIds(institutionCode: string, clock: Clock, after?: MsgId): Ids {
  if (!/^[0-9A-Z]{12}$/.test(institutionCode)) {
    throw new RangeError(`institution code must be 12 letters or digits, got "${institutionCode}"`);
  }
  let second = after === undefined ? -1 : secondOf(after);
  let sequence = after === undefined ? 0 : Number(after.slice(26));
  return {
    nextMsgId() {
      const now = Math.floor(clock.now() / 1000);
      if (now > second) {
        second = now;
        sequence = 0;
      } else if (sequence < sequenceMax) {
        sequence += 1;
      } else {
        second += 1;
        sequence = 0;
      }
      return `${institutionCode}${compactTime(second * 1000)}${String(sequence).padStart(4, '0')}`;
    },
  };
}

function secondOf(msgId: MsgId): number {
  const [, y, mo, d, h, mi, s] = /^.{12}(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d{4}$/.exec(msgId) ?? [];
  const at = parseInstant(`${y}-${mo}-${d}T${h}:${mi}:${s}+08:00`);
  if (at === null) throw new RangeError('the last message id is none of R145');
  return Math.floor(at / 1000);
}
