/** How a reading says that a policy of the organisation denies a call on purpose: `… denied (AccessDenied) by the organisation`. */
export const BY_ORGANISATION = 'by the organisation';

export const isDeniedOnPurpose = (why: string): boolean => why.endsWith(` ${BY_ORGANISATION}`);
