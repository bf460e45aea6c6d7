import type { CalendarDay } from '../domain/calendar-day.ts';
import { chinaDay } from '../domain/china-time.ts';
import { isBookedRecord } from '../domain/reconciliation.ts';
import type { ReconcileAnswer } from '../ports/centre.ts';
import { checked, declined, isTime } from './answer-check.ts';
import { isLinkRecord } from './link-answer-check.ts';

/** The centre's side of a day's end, read as in answer-check.ts: records of that day alone, each once. One that came twice
 *  would be in the sums twice, and no break would tell of it. */
export function checkedReconcile(answer: unknown, day: CalendarDay): ReconcileAnswer {
  return checked<ReconcileAnswer>(answer, {
    reconciled: (reconciled) =>
      reconciled.day === day &&
      Array.isArray(reconciled.records) &&
      reconciled.records.every(
        (record) => isBookedRecord(record) && isTime(record.at) && chinaDay(record.at) === day,
      ) &&
      new Set(reconciled.records.map((record) => record.msgId)).size === reconciled.records.length &&
      Array.isArray(reconciled.links) &&
      reconciled.links.every(isLinkRecord),
    declined,
  });
}
