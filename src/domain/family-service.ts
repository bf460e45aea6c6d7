import { ageOn, type CalendarDay } from './calendar-day.ts';
import type { Relation } from './person.ts';

/** The fixed order in which a relative is added to the e-card's family service (亲情服务). Source: R102. */
export const familySteps = [
  'home',
  'mine',
  'familyService',
  'pin',
  'notice',
  'details',
  'proof',
  'faceCheck',
  'opened',
] as const;
export type FamilyStep = (typeof familySteps)[number];

/** Below this age a photo of the face is uploaded too; at exactly this age not (R103). */
const photoBelowAge = 16;

/** Source: R103. */
export function isPhotoNeeded(born: CalendarDay, day: CalendarDay): boolean {
  return ageOn(born, day) < photoBelowAge;
}

export type SlotGroup = 'elders' | 'children' | 'spouse' | 'others';

/** The places of the scheme with ten of them: 4 elders, 3 children, 1 spouse, 2 others (R107). */
const slotScheme: Readonly<Record<SlotGroup, number>> = { elders: 4, children: 3, spouse: 1, others: 2 };
const slotsOfScheme = Object.values(slotScheme).reduce((sum, places) => sum + places, 0);

/** Elders are parents and grandparents (老人), children are one's own (子女); everybody else but the spouse is other. */
const groups: Readonly<Record<Relation, SlotGroup>> = {
  parent: 'elders',
  grandparent: 'elders',
  child: 'children',
  spouse: 'spouse',
  sibling: 'others',
  grandchild: 'others',
  other: 'others',
};

/** There is no place left: of all, or of the group under the scheme of ten. */
export interface SlotProblem {
  readonly group: SlotGroup | null;
  readonly max: number;
}

/** Whether one more relative finds a place; null = yes. `taken`: what those who have one are to the holder. The scheme by
 *  groups holds only where there are ten places. Source: R107, R108. */
export function slotProblem(taken: readonly Relation[], relation: Relation, slots: number): SlotProblem | null {
  if (taken.length >= slots) return { group: null, max: slots };
  if (slots !== slotsOfScheme) return null;
  const group = groups[relation];
  const max = slotScheme[group];
  return taken.filter((other) => groups[other] === group).length >= max ? { group, max } : null;
}
