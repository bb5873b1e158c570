/** What the findings of this subject have in common. Pure. */
import type { Subject } from '../../core/finding.ts';

export const subjectOf = (kind: Subject['kind'], id: string, name: string): Subject => ({
  kind,
  id,
  name,
  group: null,
  zone: null,
});

export const EVIDENCE_MAX = 10;
