/** The institution of the demonstration; synthetic, like everything here: no place has the region code 990000. */
export const demoInstitution = { code: 'P99000000001', name: '共济演示大药房' } as const;
