/** An endpoint as the subject of its findings. Pure. */
import type { Subject } from '../../core/finding.ts';

export const subjectOf = (endpointId: string, name: string, region: string): Subject => ({
  kind: 'endpoint',
  id: endpointId,
  name: name || endpointId,
  group: null,
  zone: null,
  within: [region],
});
