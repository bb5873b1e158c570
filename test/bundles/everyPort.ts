/** An entry that reaches every adapter, as the watching functions do. */
export { awsPorts } from '../../lib/aws/ports/appliances.ts';
export { systemClock } from '../../lib/core/time.ts';
